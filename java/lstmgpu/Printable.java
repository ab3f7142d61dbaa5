package lstmgpu;

import java.util.stream.Collectors;

/** Text that can do nothing to the terminal that shows it, whoever wrote it. */
public final class Printable {
    /** What a message shows of a text that somebody else wrote. */
    private static final int LINE = 100;

    private Printable() {}

    /**
     * Whether a terminal might obey a code point rather than show it: control characters other than line end and tab,
     * and the marks that turn the direction of what comes after them.
     */
    public static boolean isHarmful(int c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t' || isDirection(c);
    }

    private static boolean isDirection(int c) {
        return c >= 0x202A && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069
                || c == 0x200E
                || c == 0x200F
                || c == 0x061C
                || c == 0x2028
                || c == 0x2029;
    }

    /** A harmful code point as it is shown. JSON, which has escaped those below U+0020 itself, stays JSON. */
    public static String escape(int c) {
        return (c < ' ' ? "\\x%02x" : "\\u%04x").formatted(c);
    }

    /** On one line, whatever would not stay on it as escapes. */
    public static String token(String token) {
        return token.codePoints().mapToObj(Printable::escaped).collect(Collectors.joining());
    }

    /** The beginning of a text, on one line. */
    public static String line(String text) {
        if (text.length() <= LINE) {
            return token(text);
        }
        return token(text.substring(0, Character.isHighSurrogate(text.charAt(LINE - 1)) ? LINE - 1 : LINE)) + "…";
    }

    private static String escaped(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> isHarmful(c) ? escape(c) : Character.toString(c);
        };
    }
}
