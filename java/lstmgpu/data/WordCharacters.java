package lstmgpu.data;

/** The kinds of characters that {@link PunctuationSplitter} tells apart. */
final class WordCharacters {
    static final byte SPACE = 0;
    /** The category L, and the underscore. */
    static final byte LETTER = 1;
    /** The category N. */
    static final byte NUMBER = 2;
    /** What belongs to the letter before it: the category M, and the two joiners of Unicode. */
    static final byte MARK = 3;
    /** The category P, and the other signs of ASCII. */
    static final byte PUNCTUATION = 4;
    /** Everything else: emoji, signs of mathematics and currencies, control characters. */
    static final byte SYMBOL = 5;

    private static final String SIGNS = "$+<=>^`|~";
    private static final byte[] KINDS = new byte[Character.MAX_VALUE + 1];

    static {
        for (int c = 0; c < KINDS.length; c++) {
            KINDS[c] = compute(c);
        }
    }

    private WordCharacters() {}

    static byte kind(int c) {
        return c < KINDS.length ? KINDS[c] : compute(c);
    }

    /** Whether a word may begin with a character of this kind. */
    static boolean startsWord(byte kind) {
        return kind == LETTER || kind == NUMBER;
    }

    private static byte compute(int c) {
        if (c <= Character.MAX_VALUE && WordSplitter.isWhiteSpace((char) c)) {
            return SPACE;
        }
        if (c == '_') {
            return LETTER;
        }
        if (c == 0x200C || c == 0x200D) {
            return MARK;
        }
        if (SIGNS.indexOf(c) >= 0) {
            return PUNCTUATION;
        }
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> MARK;
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> PUNCTUATION;
            default -> SYMBOL;
        };
    }
}
