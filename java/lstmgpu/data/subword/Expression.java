package lstmgpu.data.subword;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of a file, whose looks at characters are counted.
 *
 * @param isPlain whether it is a text and no regular expression
 */
record Expression(Pattern compiled, boolean isPlain) {
    /** A character may be compared with all that a long expression lists, and each part of it with all others. */
    private static final int LETTERS_A_STEP = 64;

    private static final int LETTERS_OF_A_LONG_ONE = 256;

    /**
     * How the library's regular expressions read classes such as \s and (?i:...), and where they see lines: at line
     * feeds only.
     */
    private static final int ONIGURUMA =
            Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.UNIX_LINES | Pattern.MULTILINE;

    static Expression text(String text) {
        return new Expression(Pattern.compile(text, Pattern.LITERAL), true);
    }

    /** @throws PatternSyntaxException if it cannot be read */
    static Expression regular(String text) {
        return new Expression(Pattern.compile(text, ONIGURUMA), false);
    }

    int stepsOfALook() {
        int length = compiled.pattern().length();
        int parts = length / LETTERS_OF_A_LONG_ONE;
        return isPlain ? 1 : 1 + length / LETTERS_A_STEP + parts * parts;
    }

    /** What it costs to find it once, besides looking at characters. */
    int stepsOfAMatch() {
        return isPlain ? 1 : compiled.pattern().length();
    }
}
