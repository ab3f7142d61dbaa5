package lstmgpu.data.subword;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much work a {@code tokenizer.json} may ask for, in proportion to the text: a file that somebody else wrote can hold expressions that
 * never end and replacements that double a text at every turn. Tokenizers
 * that people use take a tenth of what is allowed here (GPT-4o's expression 140 steps a character).
 */
public final class Effort {
    private static final long RESERVE_STEPS = 10_000_000;
    private static final long STEPS_A_CHARACTER = 1000;
    private static final long PASS_STEPS = 10;
    private static final int TEXT_ROOM = 1 << 21;
    private static final int TEXT_GROWTH = 8;
    private static final int TOKEN_ROOM = 1000;
    private static final int TOKEN_GROWTH = 4;

    private final AtomicLong left = new AtomicLong(RESERVE_STEPS);
    private long mostCharacters;

    /** What is asked for is too much; the message says what. */
    public static final class Exceeded extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Exceeded(String what, Throwable cause) {
            super(what, cause);
        }
    }

    /** For a text that has a next part of so many characters. */
    public void allowText(int characters) {
        left.setPlain(Math.min(left.getPlain(), RESERVE_STEPS) + STEPS_A_CHARACTER * characters);
        mostCharacters = Math.max(TEXT_ROOM, (long) TEXT_GROWTH * characters);
    }

    /** For one token that becomes text, of so many characters. */
    static Effort ofToken(int characters) {
        Effort effort = new Effort();
        effort.mostCharacters = TOKEN_ROOM + (long) TOKEN_GROWTH * characters;
        return effort;
    }

    /** @throws Exceeded if no more is allowed */
    void spend(long steps) {
        long rest = left.getPlain() - steps;
        left.setOpaque(rest);
        if (rest < 0) {
            throw new Exceeded(
                    "it takes more than %,d steps for a character of this text".formatted(STEPS_A_CHARACTER), null);
        }
    }

    /** For work that looks at every character of a text once or twice. */
    void spendOn(String text) {
        spend(1 + PASS_STEPS * text.length());
    }

    /** That a text has come to so many characters on its way. */
    void reach(long characters) {
        if (characters > mostCharacters) {
            throw new Exceeded("it makes more than %,d characters of a text".formatted(mostCharacters), null);
        }
    }

    /** Changes whenever something was spent; another thread may ask. */
    long left() {
        return left.getOpaque();
    }

    /** The text, where each look at a character costs steps. */
    CharSequence counted(String text, int steps) {
        return new Counted(text, steps);
    }

    private final class Counted implements CharSequence {
        private final String text;
        private final int steps;

        Counted(String text, int steps) {
            this.text = text;
            this.steps = steps;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            spend(steps);
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
