package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.subword.BytePairTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens smaller than words, judged by the Hugging Face library. */
@Execution(ExecutionMode.CONCURRENT)
class SubwordTokenizerTest {
    private static final Map<String, ObjectNode> FILES = SubwordFiles.all();

    static {
        // With a token for every character, what a normalizer leaves in the text is seen.
        ObjectNode characters = FILES.get("scripts").deepCopy();
        characters.putObject("normalizer").put("type", "Nmt");
        characters.putNull("pre_tokenizer");
        FILES.put("Nmt of characters", characters);
        ObjectNode speech = FILES.get("ctc").deepCopy();
        ((ObjectNode) speech.path("decoder")).put("cleanup", false);
        FILES.put("ctc as it is", speech);
    }

    @TempDir
    Path folder;

    static Set<String> names() {
        return FILES.keySet();
    }

    private Path write(String name) throws IOException {
        return Files.writeString(
                folder.resolve("tokenizer.json"), FILES.get(name).toPrettyString());
    }

    @ParameterizedTest
    @MethodSource("names")
    void identifiersAndTextsAreTheLibrarys(String name) throws IOException {
        Path file = write(name);
        Tokenizer tokenizer = TokenizerJson.read(file);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (HuggingFaceTokenizer theirs = library(file)) {
            for (int i = 0; i < 300; i++) {
                String text = text(i, random);
                String what = name + ", seed " + seed + ": '" + text + "'";
                int[] ids = tokenizer.encode(text).ids();
                long[] wide = Arrays.stream(ids).asLongStream().toArray();
                assertArrayEquals(theirs.encode(text, false, false).getIds(), wide, what);
                assertEquals(
                        theirs.decode(wide, false).stripTrailing(),
                        decoded(tokenizer, ids).stripTrailing(),
                        what);
            }
        }
    }

    static List<String> given() {
        return SubwordFiles.GIVEN;
    }

    @ParameterizedTest
    @MethodSource("given")
    void identifiersAreThoseThatWereKept(String name) throws IOException {
        int[] ids = TokenizerJson.read(write(name))
                .encode(SubwordFiles.given("text.txt"))
                .ids();
        String kept = SubwordFiles.given(name + ".ids");
        assertEquals(
                kept.strip(), Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
    }

    private static HuggingFaceTokenizer library(Path file) throws IOException {
        return HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optTruncation(false)
                .optPadding(false)
                .build();
    }

    private static String text(int i, Random random) {
        String odd = RandomText.of(random, 1 + random.nextInt(40));
        return switch (i % 4) {
            case 0 -> SubwordModels.TEXT;
            case 1 -> odd;
            default -> {
                StringBuilder text = new StringBuilder();
                for (int part = 0; part < 4; part++) {
                    int from = random.nextInt(SubwordModels.TEXT.length() - 20);
                    text.append(SubwordModels.TEXT, from, from + random.nextInt(20));
                    text.append(List.of(" ", "  ", "", "<|end|> of", "\u0301", "\r\n", "king", "\t")
                            .get(random.nextInt(8)));
                }
                yield text.toString();
            }
        };
    }

    private static String decoded(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Tokenizer.Decoder decoder = tokenizer.decoder();
        for (int id : ids) {
            bytes.writeBytes(decoder.next(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Parts, blocks and the cache of pieces change nothing. */
    @ParameterizedTest
    @MethodSource("names")
    void aLongFileHasTheIdentifiersOfTheWholeText(String name) throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder("The");
        while (text.length() < 200_000) {
            text.append(random.nextInt(8) == 0 ? text(random.nextInt(9), random) : " king and the ring");
        }
        Path file = write(name);
        Tokenizer tokenizer = TokenizerJson.read(file);
        Path input = Files.writeString(folder.resolve("text"), text);
        TokenizeOptions options = new TokenizeOptions(false, folder.resolve("cache"));
        try (HuggingFaceTokenizer theirs = library(file);
                TokenFile tokens = TextFiles.tokenize(List.of(input), tokenizer, options)) {
            long[] expected = theirs.encode(text.toString(), false, false).getIds();
            assertEquals(expected.length, tokens.length());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], tokens.token(i), "token " + i);
            }
        }
    }

    @Test
    void aLineWithoutSpacesTakesBoundedMemory() {
        List<String> parts = new ArrayList<>();
        TextParts cutter = new TextParts((part, _, _) -> parts.add(part), (_, _) -> true);
        char[] block = "x,".repeat(1 << 15).toCharArray();
        for (int i = 0; i < 40; i++) {
            cutter.accept(block, 0, block.length);
        }
        cutter.finish();
        assertEquals("x,".repeat(40 << 15), String.join("", parts));
        assertTrue(parts.stream().allMatch(part -> part.length() <= 1 << 20));
    }

    /** Judged by counting everything anew for every merge. */
    @Test
    void pairsAreLearntInTheOrderOfTheirNumber() {
        Map<String, Long> counts = new LinkedHashMap<>();
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            String word = random.ints(1 + random.nextInt(9), 'a', 'e')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            counts.merge(word, 1L + random.nextInt(5), Long::sum);
        }
        BytePairTrainer trainer = new BytePairTrainer(counts);
        trainer.learn(300, 2);
        assertEquals(300, trainer.tokens().size());
        Map<List<String>, Long> words = new HashMap<>();
        counts.forEach((word, count) -> words.merge(List.of(word.split("")), count, Long::sum));
        for (String merge : trainer.merges()) {
            String[] pair = merge.split(" ");
            Map<List<String>, Long> pairs = pairs(words);
            long most = pairs.values().stream().mapToLong(Long::longValue).max().orElse(0);
            assertEquals(most, pairs.get(List.of(pair)), merge);
            List<List<String>> best = pairs.keySet().stream()
                    .filter(key -> pairs.get(key) == most)
                    .toList();
            assertTrue(best.stream().allMatch(other -> comesFirst(pair, other, trainer.tokens())), merge);
            Map<List<String>, Long> joined = new HashMap<>();
            words.forEach((word, count) -> joined.merge(join(word, pair), count, Long::sum));
            words.clear();
            words.putAll(joined);
        }
    }

    private static boolean comesFirst(String[] pair, List<String> other, List<String> tokens) {
        int byLeft = Integer.compare(tokens.indexOf(pair[0]), tokens.indexOf(other.get(0)));
        return byLeft < 0 || byLeft == 0 && tokens.indexOf(pair[1]) <= tokens.indexOf(other.get(1));
    }

    private static Map<List<String>, Long> pairs(Map<List<String>, Long> words) {
        Map<List<String>, Long> pairs = new HashMap<>();
        words.forEach((word, count) -> {
            for (int i = 0; i + 1 < word.size(); i++) {
                pairs.merge(List.of(word.get(i), word.get(i + 1)), count, Long::sum);
            }
        });
        return pairs;
    }

    private static List<String> join(List<String> word, String[] pair) {
        List<String> result = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            boolean isPair = i + 1 < word.size()
                    && word.get(i).equals(pair[0])
                    && word.get(i + 1).equals(pair[1]);
            result.add(isPair ? pair[0] + pair[1] : word.get(i));
            i += isPair ? 1 : 0;
        }
        return result;
    }

    @Test
    void whatIsNotKnownIsNamed() throws IOException {
        assertRefused("gpt2 with a space", "NFC", "NFX", "normalizer 'NFX'");
        assertRefused(
                "t5",
                "\"precompiled_charsmap\" : \"",
                "\"precompiled_charsmap\" : \"AAAA",
                "no table of SentencePiece");
        assertRefused("bert", "BertPreTokenizer", "Syllables", "pre_tokenizer 'Syllables'");
        assertRefused("clip", "BPEDecoder", "Morse", "decoder 'Morse'");
        assertRefused("unigram, always", "Unigram", "Bigram", "model 'Bigram'");
        assertRefused("Removed false", "Removed", "Left", "behavior 'Left'");
        assertRefused("Removed false", "[ni]", "[ni", "regular expression of pre_tokenizer");
        assertRefused("llama3", "\"id\" : 300", "\"id\" : 2000000", "2,000,000");
        assertRefused("llama3", "\"content\" : \"king\"", "\"content\" : \"\"", "added_tokens[2]");
        assertRefused("bert", "\"[UNK]\" : 0", "\"[UNK]\" : 1000000000", "identifier of '[UNK]'");
        assertRefused("bert", "\"[UNK]\" : 0", "\"[UNK]\" : 1", "comes twice");
        assertRefused("fixed-length", "\"length\" : 5", "\"length\" : 0", "length of FixedLength");
        assertRefused("gpt2", "\"dropout\" : null", "\"dropout\" : 0.5", "model.dropout");
        assertRefused("llama2", "\"▁\", \"t\"", "\"▁\", \"tt\"", "merge 0 of model.merges");
        assertRefused(
                "bert",
                "\"max_input_chars_per_word\" : 12",
                "\"max_input_chars_per_word\" : -1",
                "max_input_chars_per_word");
    }

    private void assertRefused(String name, String from, String to, String words) throws IOException {
        String json = FILES.get(name).toPrettyString();
        assertTrue(json.contains(from), name + " has no " + from);
        Path file = Files.writeString(folder.resolve("changed.json"), json.replace(from, to));
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> TokenizerJson.read(file), from);
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("Exception"), refusal.getMessage());
    }

    /** Whatever happened to a file: it is read, or refused in a sentence. */
    @ParameterizedTest
    @MethodSource("names")
    void damagedFilesAreRefusedInASentence(String name) throws IOException {
        byte[] whole = FILES.get(name).toString().getBytes(StandardCharsets.UTF_8);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path file = folder.resolve("damaged.json");
        for (int i = 0; i < 100; i++) {
            byte[] bytes = i % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 4 != 0) {
                bytes[random.nextInt(bytes.length)] = (byte) "\"{}[],:0129aelnu_".charAt(random.nextInt(17));
            }
            Files.write(file, bytes);
            try {
                Tokenizer tokenizer = TokenizerJson.read(file);
                decoded(tokenizer, tokenizer.encode(SubwordModels.TEXT).ids());
            } catch (LstmGpuException refusal) {
                assertEquals(ExitCode.DATA, refusal.exitCode(), name + ", seed " + seed);
            }
        }
    }
}
