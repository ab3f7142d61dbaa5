package lstmgpu.data;

import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the words that {@link #WORDS} finds, in a text that comes in blocks. Words keep their apostrophes and hyphens
 * ("don't", "well-known"), numbers their points ("3.14", "12:30"); "..." and "--" are one word each, and so is what
 * stands in angle brackets. Too long a word is as {@link WordSplitter} has it.
 */
final class PunctuationSplitter implements TextEncoder {
    private static final String LETTERS = "[\\p{L}\\p{M}\\p{N}_\\x{200C}\\x{200D}]*";
    private static final String SIGNS = "\\p{P}$+<=>^`|~";

    /** The same in a regular expression, in the order in which it is tried. */
    static final String WORDS = "<[^\\s<>]{1,40}>|@[-,.]@"
            + "|['’](?:[sStTdDmM]|ll|LL|re|RE|ve|VE)(?![\\p{L}\\p{M}\\p{N}_])"
            + "|[\\p{L}\\p{N}_]" + LETTERS
            + "(?:(?:['’-]|(?<=\\p{N})[.,:](?=\\p{N}))[\\p{L}\\p{N}_]" + LETTERS + ")*"
            + "|\\.{2,}|-{2,}|[" + SIGNS + "]|[^\\s\\p{L}\\p{N}" + SIGNS + "]+";

    /** What ends a line. */
    static final String LINE_ENDS = "\\r\\n?|\\n";

    private static final int LONGEST_BRACKET = 40;
    private static final List<String> ENDINGS =
            List.of("s", "S", "t", "T", "d", "D", "m", "M", "ll", "LL", "re", "RE", "ve", "VE");

    /** More characters than any decision needs. */
    private static final int AHEAD = 96;

    private final Consumer<String> words;
    private final StringBuilder waiting = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private Open open = Open.NOTHING;
    private boolean endsInNumber;

    /** What may go on with the next character. */
    private enum Open {
        NOTHING,
        WORD,
        SYMBOLS,
        POINTS,
        DASHES
    }

    PunctuationSplitter(Consumer<String> words) {
        this.words = words;
    }

    @Override
    public void accept(char[] chars, int from, int to) {
        waiting.append(chars, from, to - from);
        split(waiting.length() - AHEAD);
    }

    @Override
    public void finish() {
        split(waiting.length());
        close();
    }

    private void split(int end) {
        int at = 0;
        while (at < end) {
            int c = waiting.codePointAt(at);
            byte kind = WordCharacters.kind(c);
            if (goesOn(c, kind, at)) {
                append(c, kind);
                at += Character.charCount(c);
            } else {
                close();
                at = begin(c, kind, at);
            }
        }
        waiting.delete(0, at);
    }

    private boolean goesOn(int c, byte kind, int at) {
        return switch (open) {
            case NOTHING -> false;
            case WORD -> WordCharacters.startsWord(kind) || kind == WordCharacters.MARK || joins(c, at);
            case SYMBOLS -> kind == WordCharacters.SYMBOL || kind == WordCharacters.MARK;
            case POINTS -> c == '.';
            case DASHES -> c == '-';
        };
    }

    /** Whether a sign stands inside a word. */
    private boolean joins(int c, int at) {
        byte next = kindAt(at + 1);
        return switch (c) {
            case '\'', '’', '-' -> WordCharacters.startsWord(next);
            case '.', ',', ':' -> endsInNumber && next == WordCharacters.NUMBER;
            default -> false;
        };
    }

    /** Begins a word, or gives a whole one; returns the place behind it. */
    private int begin(int c, byte kind, int at) {
        int end = wholeEnd(c, at);
        if (end > at) {
            words.accept(waiting.substring(at, end));
            return end;
        }
        switch (kind) {
            case WordCharacters.SPACE -> {
                return space(c, at);
            }
            case WordCharacters.LETTER, WordCharacters.NUMBER -> open = Open.WORD;
            case WordCharacters.PUNCTUATION -> {
                boolean repeats = charAt(at + 1) == c;
                open = repeats && c == '.' ? Open.POINTS : repeats && c == '-' ? Open.DASHES : Open.NOTHING;
            }
            default -> open = Open.SYMBOLS;
        }
        append(c, kind);
        if (open == Open.NOTHING) {
            close();
        }
        return at + Character.charCount(c);
    }

    private int space(int c, int at) {
        if (c == '\n' || c == '\r') {
            words.accept(WordTokenizer.LINE_END);
        }
        return at + (c == '\r' && charAt(at + 1) == '\n' ? 2 : 1);
    }

    /** The end of what is one word whatever comes next, or 0. */
    private int wholeEnd(int c, int at) {
        return switch (c) {
            case '<' -> bracketEnd(at);
            case '@' -> charAt(at + 2) == '@' && "-,.".indexOf(charAt(at + 1)) >= 0 ? at + 3 : 0;
            case '\'', '’' -> endingEnd(at + 1);
            default -> 0;
        };
    }

    private int bracketEnd(int at) {
        int place = at + 1;
        for (int count = 0; count <= LONGEST_BRACKET && place < waiting.length(); count++) {
            int c = waiting.codePointAt(place);
            if (c == '>') {
                return count > 0 ? place + 1 : 0;
            }
            if (c == '<' || WordCharacters.kind(c) == WordCharacters.SPACE) {
                return 0;
            }
            place += Character.charCount(c);
        }
        return 0;
    }

    /** The end of "s", "ll" and their like, with nothing of a word behind them. */
    private int endingEnd(int at) {
        for (String ending : ENDINGS) {
            int end = at + ending.length();
            if (end <= waiting.length() && waiting.substring(at, end).equals(ending)) {
                byte next = kindAt(end);
                int c = charAt(end);
                boolean inside =
                        WordCharacters.startsWord(next) || next == WordCharacters.MARK && c != 0x200C && c != 0x200D;
                return inside ? 0 : end;
            }
        }
        return 0;
    }

    /** 0 behind the end. */
    private int charAt(int at) {
        return at < waiting.length() ? waiting.codePointAt(at) : 0;
    }

    private byte kindAt(int at) {
        return at < waiting.length() ? WordCharacters.kind(waiting.codePointAt(at)) : WordCharacters.SPACE;
    }

    private void append(int c, byte kind) {
        if (!WordSplitter.isTooLong(word)) {
            word.appendCodePoint(c);
        }
        endsInNumber = kind == WordCharacters.NUMBER;
    }

    private void close() {
        if (!word.isEmpty()) {
            words.accept(word.toString());
            word.setLength(0);
        }
        open = Open.NOTHING;
    }
}
