package lstmgpu.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.subword.BytePairTrainer;
import lstmgpu.data.subword.PieceCutter;

/** Makes tokenizers from texts. */
public final class Vocabulary {
    /** What {@link #build} makes from a text. */
    public static final List<String> KINDS =
            List.of(ByteTokenizer.KIND, CharTokenizer.KIND, WordTokenizer.KIND, SubwordTokenizer.KIND);

    private static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    private static final int BYTES = 256;

    /** Tokens of {@code bpe} where nothing is said. */
    private static final int BYTE_PAIRS = 1024;

    /** A pair that comes once is no token. */
    private static final int LEAST_PAIRS = 2;

    private Vocabulary() {}

    /**
     * @param kind byte, char, word, bpe, or a {@code tokenizer.json}
     * @throws LstmGpuException with exit code 2 for an unknown kind or limits that a kind does not take, 3 for
     *     inputs that cannot be read
     */
    public static Tokenizer build(String kind, TextInputs inputs, TextOptions options) {
        InputFiles.check(inputs.files());
        return build(kind, new TextSource(inputs, options.lines())::encode, inputs.describe(), options);
    }

    /** The same from files that are texts. */
    public static Tokenizer build(String kind, List<Path> inputs, TextOptions options) {
        return build(kind, TextInputs.of(inputs), options);
    }

    /**
     * The same from texts in memory, each of which is one by itself.
     *
     * @param source what they are called in messages
     */
    public static Tokenizer build(String kind, List<String> texts, String source, TextOptions options) {
        return build(
                kind,
                encoder -> {
                    for (String text : texts) {
                        encoder.accept(text.toCharArray(), 0, text.length());
                        encoder.finish();
                    }
                },
                source,
                options);
    }

    private static Tokenizer build(String kind, Consumer<TextEncoder> text, String source, TextOptions options) {
        return switch (kind.toLowerCase(Locale.ROOT)) {
            case ByteTokenizer.KIND -> bytes(options);
            case CharTokenizer.KIND -> characters(text, source, options);
            case WordTokenizer.KIND -> words(text, options, WordCounter.MEMORY_BYTES);
            case SubwordTokenizer.KIND -> bytePairs(text, source, options);
            default -> given(Path.of(kind), options);
        };
    }

    /**
     * A tokenizer that also has every character or word of the inputs; the tokens of the earlier one stay, though not
     * always under the same identifiers.
     *
     * @throws LstmGpuException with exit code 2 if the earlier one is of a kind that cannot grow
     */
    public static Tokenizer extend(Tokenizer earlier, TextInputs inputs, boolean lines) {
        InputFiles.check(inputs.files());
        TextSource source = new TextSource(inputs, lines);
        return switch (earlier) {
            case CharTokenizer characters -> characters.with(codePoints(countCodePoints(source::encode)));
            case WordTokenizer words -> {
                WordCounter counter = new WordCounter(WordCounter.MEMORY_BYTES);
                source.encode(words.splitting().splitter(counter::add));
                yield words.with(byFrequency(counter.counts()));
            }
            default ->
                throw LstmGpuException.usage(
                        "--extend-vocab is for char and word; a %s tokenizer has a token for every text",
                        earlier.kind());
        };
    }

    private static List<String> byFrequency(Map<String, Long> counts) {
        return counts.keySet().stream()
                .sorted(Comparator.comparing((String word) -> -counts.get(word)).thenComparing(BY_CODE_POINT))
                .toList();
    }

    private static long[] countCodePoints(Consumer<TextEncoder> text) {
        long[] counts = new long[Character.MAX_CODE_POINT + 1];
        text.accept(new CodePointCounter(counts));
        return counts;
    }

    private static List<Integer> codePoints(long[] counts) {
        return IntStream.range(0, counts.length)
                .filter(c -> counts[c] > 0)
                .boxed()
                .toList();
    }

    private static Tokenizer bytes(TextOptions options) {
        if (options.limits()) {
            throw LstmGpuException.usage(
                    "--vocab-size and --min-freq do not apply to --tokenizer byte with its 256 tokens; leave them out");
        }
        return new ByteTokenizer();
    }

    private static Tokenizer given(Path path, TextOptions options) {
        Path file = Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
        if (!Files.isRegularFile(file)) {
            throw LstmGpuException.usage(
                    "--tokenizer %s is unknown; it is byte, char, word, bpe or the path of a tokenizer.json", file);
        }
        if (options.limits()) {
            throw LstmGpuException.usage(
                    "--vocab-size and --min-freq do not apply to %s, which has its tokens; leave them out", file);
        }
        return TokenizerJson.read(file);
    }

    private static Tokenizer bytePairs(Consumer<TextEncoder> text, String source, TextOptions options) {
        int size = options.vocabularySize() == 0 ? BYTE_PAIRS : options.vocabularySize();
        if (size <= BYTES) {
            throw LstmGpuException.usage(
                    "--vocab-size %d is out of range; with --tokenizer bpe it is more than the %d bytes", size, BYTES);
        }
        WordCounter counter = new WordCounter(WordCounter.MEMORY_BYTES);
        PieceCutter cutter = new PieceCutter(counter::add);
        text.accept(new TextParts((part, _, _) -> cutter.cut(part), (_, _) -> true));
        if (counter.counts().isEmpty()) {
            throw LstmGpuException.data("%s holds no character but a byte-order mark", source);
        }
        BytePairTrainer trainer = new BytePairTrainer(counter.counts());
        trainer.learn(size, Math.max(LEAST_PAIRS, options.minFrequency()));
        return TokenizerFrames.bytePairs(trainer.tokens(), trainer.merges());
    }

    private static Tokenizer characters(Consumer<TextEncoder> text, String source, TextOptions options) {
        long[] counts = countCodePoints(text);
        List<Integer> found = codePoints(counts);
        if (found.isEmpty()) {
            throw LstmGpuException.data("%s holds no character but a byte-order mark", source);
        }
        List<Integer> kept = found.stream()
                .filter(c -> counts[c] >= options.minFrequency())
                .sorted(Comparator.comparingLong((Integer c) -> -counts[c]).thenComparing(c -> c))
                .toList();
        int limit = options.vocabularySize() == 0 ? Integer.MAX_VALUE : options.vocabularySize();
        if (kept.size() == found.size() && kept.size() <= limit) {
            return new CharTokenizer(kept, false);
        }
        if (kept.isEmpty()) {
            throw LstmGpuException.usage(
                    "--min-freq %d leaves no character of the vocabulary; lower it", options.minFrequency());
        }
        return new CharTokenizer(kept.subList(0, Math.min(kept.size(), limit - 1)), true);
    }

    static Tokenizer words(Consumer<TextEncoder> text, TextOptions options, long memoryBytes) {
        WordCounter counter = new WordCounter(memoryBytes);
        text.accept(WordSplitting.PUNCTUATION.splitter(counter::add));
        Map<String, Long> counts = counter.counts();
        counts.remove(WordTokenizer.UNKNOWN);
        long lineEnds = counts.getOrDefault(WordTokenizer.LINE_END, 0L);
        counts.remove(WordTokenizer.LINE_END);
        List<String> kept = new ArrayList<>(counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= options.minFrequency())
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing((String word) -> -counts.get(word)).thenComparing(BY_CODE_POINT))
                .limit(options.vocabularySize() == 0 ? Integer.MAX_VALUE : options.vocabularySize() - 2)
                .toList());
        counts.put(WordTokenizer.LINE_END, lineEnds);
        int rank = (int) kept.stream()
                .filter(word -> comesBefore(word, WordTokenizer.LINE_END, counts))
                .count();
        kept.add(rank, WordTokenizer.LINE_END);
        kept.addFirst(WordTokenizer.UNKNOWN);
        return new WordTokenizer(kept, WordSplitting.PUNCTUATION);
    }

    private static boolean comesBefore(String a, String b, Map<String, Long> counts) {
        int byCount = Long.compare(counts.get(b), counts.get(a));
        return byCount < 0 || byCount == 0 && BY_CODE_POINT.compare(a, b) < 0;
    }

    private record CodePointCounter(long[] counts) implements TextEncoder {
        @Override
        public void accept(char[] chars, int from, int to) {
            int i = from;
            while (i < to) {
                int codePoint = Character.codePointAt(chars, i, to);
                i += Character.charCount(codePoint);
                counts[codePoint]++;
            }
        }

        @Override
        public void finish() {
            // Counting holds nothing back.
        }
    }
}
