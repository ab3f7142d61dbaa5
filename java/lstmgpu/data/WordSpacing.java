package lstmgpu.data;

/** Puts words and punctuation together again with the spaces that people write. */
final class WordSpacing {
    private static final String NONE_BEFORE = ".,;:!?)]}%…”’»";
    private static final String NONE_BEHIND = "([{“‘«¿¡$£€#";
    private static final String NONE_AROUND = "/—";
    private static final int TIGHT = 1;
    private static final int IN_QUOTES = 2;
    private static final int IN_SINGLE_QUOTES = 4;

    private boolean atStart = true;
    private boolean tight;
    private boolean inQuotes;
    private boolean inSingleQuotes;
    private String before = "";

    /** The word with the space before it, if one belongs there. */
    String next(String word) {
        boolean closes = closes(word);
        boolean spaced = !atStart && !tight && !closes;
        tight = isSign(word, NONE_BEHIND) || isDash(word) || isStraightQuote(word) && !closes;
        atStart = false;
        before = word;
        return spaced ? " " + word : word;
    }

    /** What the last word does not tell: whether a space follows, and which quotations are open. */
    int marks() {
        return (tight ? TIGHT : 0) | (inQuotes ? IN_QUOTES : 0) | (inSingleQuotes ? IN_SINGLE_QUOTES : 0);
    }

    /** Goes on behind the same last word with other marks. */
    void resume(int marks) {
        tight = (marks & TIGHT) != 0;
        inQuotes = (marks & IN_QUOTES) != 0;
        inSingleQuotes = (marks & IN_SINGLE_QUOTES) != 0;
    }

    void endLine() {
        atStart = true;
        inQuotes = false;
        inSingleQuotes = false;
        before = "";
    }

    private boolean closes(String word) {
        if (word.equals("\"")) {
            inQuotes = !inQuotes;
            return !inQuotes;
        }
        if (word.equals("'")) {
            // Behind an s it is a genitive's, unless something was opened.
            boolean closes = inSingleQuotes || before.endsWith("s");
            inSingleQuotes = !closes;
            return closes;
        }
        boolean isEnding = word.length() > 1 && (word.charAt(0) == '\'' || word.charAt(0) == '’');
        return isEnding || isSign(word, NONE_BEFORE) || isDash(word) || word.startsWith("..");
    }

    private static boolean isStraightQuote(String word) {
        return word.equals("\"") || word.equals("'");
    }

    private static boolean isDash(String word) {
        return word.startsWith("--") || isSign(word, NONE_AROUND);
    }

    private static boolean isSign(String word, String signs) {
        return word.length() == 1 && signs.indexOf(word.charAt(0)) >= 0;
    }
}
