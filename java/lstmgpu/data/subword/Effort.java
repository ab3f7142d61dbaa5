package lstmgpu.data.subword;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much work a {@code tokenizer.json} may ask for, in proportion to the text: a file that somebody else wrote can
 * hold expressions that never end and replacements that double a text at every turn. Tokenizers that people use take a
 * tenth of what is allowed here (GPT-4o's expression 140 steps per character).
 */
public final class Effort {
    private static final long RESERVE_STEPS = 10_000_000;
    private static final long STEPS_A_CHARACTER = 1000;
    private static final long PASS_STEPS = 20;
    private static final int TEXT_ROOM = 1 << 21;
    private static final int TEXT_GROWTH = 8;
    private static final int TOKEN_ROOM = 1000;
    private static final int TOKEN_GROWTH = 4;

    private final AtomicLong advanced = new AtomicLong();
    private final AtomicBoolean matching = new AtomicBoolean();
    private volatile boolean givenUp;
    private long left = RESERVE_STEPS;
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
        left = Math.min(left, RESERVE_STEPS) + STEPS_A_CHARACTER * characters;
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
        left -= steps;
        if (left < 0 || givenUp) {
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

    /** From here on a foreign expression computes, as another thread may see. */
    void beginMatch() {
        matching.setOpaque(true);
    }

    void endMatch() {
        matching.setOpaque(false);
    }

    boolean isMatching() {
        return matching.getOpaque();
    }

    /** That a match has come to an end, or has seen characters that none saw before. */
    void advance(int characters) {
        advanced.setOpaque(advanced.getPlain() + characters);
    }

    /** How far all matches came; another thread may ask. */
    long advanced() {
        return advanced.getOpaque();
    }

    /** Nobody waits for the work any more: the next step ends it. */
    void giveUp() {
        givenUp = true;
    }
}
