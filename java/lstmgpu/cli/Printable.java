package lstmgpu.cli;

import java.util.stream.Collectors;

/** Text that cannot upset a terminal, whatever a model has written. */
final class Printable {
    private Printable() {}

    /** The text with its control characters, other than line ends and tabs, replaced by a mark. */
    static String text(String text) {
        return text.codePoints()
                .mapToObj(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? "\uFFFD" : Character.toString(c))
                .collect(Collectors.joining());
    }

    /** On one line, control characters as escapes. */
    static String token(String token) {
        return token.codePoints().mapToObj(Printable::escaped).collect(Collectors.joining());
    }

    private static String escaped(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c);
        };
    }
}
