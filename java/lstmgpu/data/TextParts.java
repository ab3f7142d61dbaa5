package lstmgpu.data;

/**
 * Cuts a text of any length into parts that can be tokenized one by one. A part ends before a space between two ASCII
 * letters or digits, where nothing is normalized across and most tokenizers cut, if the tokens around the place say so;
 * in a stretch of a million characters without such a place it ends behind a line, and without a line anywhere.
 */
final class TextParts implements TextEncoder {
    private static final int ENOUGH = 1 << 16;
    private static final int MOST = 1 << 20;

    /** Characters on either side of a place that are looked at, and places that are tried. */
    private static final int WINDOW = 64;

    private static final int PLACES = 50;

    private final Parts parts;
    private final Seams seams;
    private final boolean fromStart;
    private final StringBuilder waiting = new StringBuilder();
    private int searched;
    private boolean started;

    @FunctionalInterface
    interface Parts {
        void accept(String part, boolean atStart, boolean atEnd);
    }

    /** Whether two stretches of a text, one behind the other, have the same tokens together and apart. */
    @FunctionalInterface
    interface Seams {
        boolean areSafe(String left, String right);
    }

    TextParts(Parts parts, Seams seams) {
        this(parts, seams, false);
    }

    /** @param fromStart whether a seam is judged by all that stands before it in its part, not by what is near */
    TextParts(Parts parts, Seams seams, boolean fromStart) {
        this.parts = parts;
        this.seams = seams;
        this.fromStart = fromStart;
    }

    @Override
    public void accept(char[] chars, int from, int to) {
        waiting.append(chars, from, to - from);
        if (waiting.length() >= ENOUGH) {
            int end = lastSpace();
            searched = waiting.length();
            if (end == 0 && waiting.length() >= MOST) {
                int line = waiting.lastIndexOf("\n") + 1;
                end = line > 0 ? line : waiting.length();
            }
            pass(end, false);
        }
    }

    /** 0 if there is none. */
    private int lastSpace() {
        int places = 0;
        for (int i = waiting.length() - 2; i > Math.max(0, searched - 2) && places < PLACES; i--) {
            if (waiting.charAt(i) == ' ' && isWord(waiting.charAt(i - 1)) && isWord(waiting.charAt(i + 1))) {
                places++;
                if (isSeam(i)) {
                    return i;
                }
            }
        }
        return 0;
    }

    private boolean isSeam(int place) {
        String left = waiting.substring(fromStart ? 0 : Math.max(0, place - WINDOW), place);
        return seams.areSafe(left, waiting.substring(place, Math.min(waiting.length(), place + WINDOW)));
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private void pass(int end, boolean atEnd) {
        if (end > 0) {
            parts.accept(waiting.substring(0, end), !started, atEnd);
            started = true;
            waiting.delete(0, end);
            searched = 0;
        }
    }

    @Override
    public void finish() {
        pass(waiting.length(), true);
    }
}
