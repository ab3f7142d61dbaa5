package lstmgpu.data.subword;

import java.util.regex.Matcher;

/**
 * Finds a foreign expression in one text, match after match. Each look at a character is a step; a match has steps for
 * each character that it is the first to look at, and what it leaves over is no help to the next one beyond a reserve.
 * So an expression that goes over the same characters again and again is given up soon, however long the text is.
 */
final class Search {
    private static final long RESERVE_STEPS = 10_000_000;
    private static final long STEPS_OF_A_MATCHED_CHARACTER = 1000;
    /** The longest alternatives of large models go some four times over a run of letters, seven steps a look. */
    private static final long STEPS_OF_A_SEEN_CHARACTER = 64;

    private final Effort effort;
    private final int stepsOfALook;
    private final int stepsOfAMatch;
    private final Matcher matcher;
    private long left = RESERVE_STEPS;
    private int seen = -1;
    private int end;

    Search(Expression expression, String text, Effort effort) {
        this.effort = effort;
        this.stepsOfALook = expression.stepsOfALook();
        this.stepsOfAMatch = expression.stepsOfAMatch();
        this.matcher = expression.compiled().matcher(new Counted(text));
    }

    /**
     * Whether there is another match; of it are {@link #start} and {@link #end}.
     *
     * @throws Effort.Exceeded if it takes too long
     */
    boolean find() {
        effort.beginMatch();
        boolean found = matcher.find();
        effort.endMatch();
        if (found) {
            effort.spend(stepsOfAMatch);
            int characters = matcher.end() - end;
            end = matcher.end();
            left = Math.min(RESERVE_STEPS, left + STEPS_OF_A_MATCHED_CHARACTER * characters);
            effort.advance(characters);
        }
        return found;
    }

    int start() {
        return matcher.start();
    }

    int end() {
        return end;
    }

    private void look(int index) {
        effort.spend(stepsOfALook);
        if (index > seen) {
            left += STEPS_OF_A_SEEN_CHARACTER * (index - seen);
            effort.advance(index - seen);
            seen = index;
        }
        left -= stepsOfALook;
        if (left < 0) {
            throw new Effort.Exceeded("a regular expression goes over this text again and again", null);
        }
    }

    private final class Counted implements CharSequence {
        private final String text;

        Counted(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            look(index);
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
