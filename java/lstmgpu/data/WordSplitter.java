package lstmgpu.data;

import java.util.function.Consumer;

/**
 * Words are what white space separates; a line feed is the word {@link WordTokenizer#LINE_END}. A word of more than
 * {@link #LONGEST} characters comes shortened, with an ellipsis, and is in no vocabulary: so one line of any length
 * takes little memory.
 */
final class WordSplitter implements TextEncoder {
    static final int LONGEST = 1000;
    private static final int SHORTENED = 40;

    private final Consumer<String> words;
    private final StringBuilder word = new StringBuilder();

    WordSplitter(Consumer<String> words) {
        this.words = words;
    }

    /**
     * Unicode's White_Space property, which is what the Hugging Face library splits at; Java's own notion leaves some
     * out.
     */
    static boolean isWhiteSpace(char c) {
        return switch (c) {
            case ' ', '\u0085', '\u00A0', '\u1680', '\u2028', '\u2029', '\u202F', '\u205F', '\u3000' -> true;
            default -> c >= '\t' && c <= '\r' || c >= '\u2000' && c <= '\u200A';
        };
    }

    static boolean isTooLong(CharSequence word) {
        return word.length() > LONGEST;
    }

    /** A word as a message shows it. */
    static String shortened(String word) {
        return isTooLong(word) ? word.substring(0, word.offsetByCodePoints(0, SHORTENED)) + "…" : word;
    }

    @Override
    public void accept(char[] chars, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = chars[i];
            if (isWhiteSpace(c)) {
                finish();
                if (c == '\n') {
                    words.accept(WordTokenizer.LINE_END);
                }
            } else if (word.length() <= LONGEST) {
                word.append(c);
            }
        }
    }

    @Override
    public void finish() {
        if (!word.isEmpty()) {
            words.accept(word.toString());
            word.setLength(0);
        }
    }
}
