package lstmgpu.data;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * One token a word, in the sense of its {@link WordSplitting}. Token 0 is {@code <unk>}; the end of a line is {@code
 * <eos>}, which is ranked by its frequency like every word. Decoding puts a line feed for {@code <eos>}, and spaces
 * between words: everywhere, or where {@link WordSpacing} has them if punctuation is apart.
 */
public final class WordTokenizer extends TextTokenizer {
    /** The token for every word that the vocabulary lacks. */
    public static final String UNKNOWN = "<unk>";

    /** The token for the end of a line. */
    public static final String LINE_END = "<eos>";

    static final String KIND = "word";
    private static final int UNKNOWN_ID = 0;

    private final List<String> words;
    private final WordSplitting splitting;
    private final Map<String, Integer> idOfWord;

    /**
     * @param words in the order of their identifiers, {@code <unk>} first and {@code <eos>} somewhere
     * @throws IllegalArgumentException if those two are not there, a word comes twice, is empty, too long or holds
     *     white space
     */
    WordTokenizer(List<String> words, WordSplitting splitting) {
        this.words = List.copyOf(words);
        this.splitting = splitting;
        this.idOfWord = HashMap.newHashMap(words.size());
        if (words.isEmpty() || !words.getFirst().equals(UNKNOWN)) {
            throw new IllegalArgumentException("the first word is " + UNKNOWN);
        }
        for (String word : this.words) {
            if (word.isEmpty() || WordSplitter.isTooLong(word) || hasWhiteSpace(word)) {
                throw new IllegalArgumentException("'%s' is empty, longer than %d characters or holds white space"
                        .formatted(WordSplitter.shortened(word), WordSplitter.LONGEST));
            }
            if (idOfWord.put(word, idOfWord.size()) != null) {
                throw new IllegalArgumentException("'%s' comes twice".formatted(word));
            }
        }
        if (!idOfWord.containsKey(LINE_END)) {
            throw new IllegalArgumentException("there is no " + LINE_END);
        }
    }

    /** The same with more words after the others, in this order. */
    WordTokenizer with(Collection<String> more) {
        LinkedHashSet<String> all = new LinkedHashSet<>(words);
        all.addAll(more);
        return new WordTokenizer(List.copyOf(all), splitting);
    }

    WordSplitting splitting() {
        return splitting;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return words.size();
    }

    @Override
    public String token(int id) {
        if (id < 0 || id >= words.size()) {
            throw new IllegalArgumentException("token %d is outside [0, %d)".formatted(id, words.size()));
        }
        return words.get(id);
    }

    @Override
    public boolean leavesOut() {
        return false;
    }

    @Override
    public OptionalInt unknown() {
        return OptionalInt.of(UNKNOWN_ID);
    }

    @Override
    public Decoder decoder() {
        if (splitting == WordSplitting.PUNCTUATION) {
            return new PunctuationDecoder();
        }
        return new Decoder() {
            private boolean atLineStart = true;

            @Override
            public byte[] next(int id) {
                String word = token(id);
                boolean lineEnd = word.equals(LINE_END);
                String text = lineEnd ? "\n" : atLineStart ? word : " " + word;
                atLineStart = lineEnd;
                return text.getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    private final class PunctuationDecoder implements Decoder {
        private final WordSpacing spacing = new WordSpacing();

        @Override
        public byte[] next(int id) {
            return text(token(id)).getBytes(StandardCharsets.UTF_8);
        }

        private String text(String word) {
            if (!word.equals(LINE_END)) {
                return spacing.next(word);
            }
            spacing.endLine();
            return "\n";
        }

        @Override
        public int spelling() {
            return spacing.marks();
        }

        @Override
        public void resume(int spelling) {
            spacing.resume(spelling);
        }
    }

    @Override
    TextEncoder encoder(IntConsumer ids, UnknownTokens unknown) {
        return splitting.splitter(word -> {
            Integer id = idOfWord.get(word);
            if (id == null) {
                unknown.add(WordSplitter.shortened(word));
            }
            ids.accept(id == null ? UNKNOWN_ID : id);
        });
    }

    private static boolean hasWhiteSpace(String word) {
        return word.chars().anyMatch(c -> WordSplitter.isWhiteSpace((char) c));
    }
}
