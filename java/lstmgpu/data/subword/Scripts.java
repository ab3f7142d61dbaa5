package lstmgpu.data.subword;

import java.lang.Character.UnicodeScript;
import java.util.function.Consumer;

/**
 * Cuts a text where the script changes, as SentencePiece sees scripts: what Japanese is written with is one, and a
 * space belongs to any, as does what Unicode has not assigned.
 */
final class Scripts {
    private static final int LONG_VOWEL = 0x30FC;

    private Scripts() {}

    /** White space before the first character of a script is left out, as in the library. */
    static void split(String text, Consumer<String> pieces) {
        UnicodeScript last = null;
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            UnicodeScript own = c == ' ' ? UnicodeScript.UNKNOWN : of(c);
            UnicodeScript script = own == UnicodeScript.UNKNOWN ? last : own;
            if (script != last) {
                if (last != null) {
                    pieces.accept(text.substring(from, at));
                }
                from = at;
                last = script;
            }
            at += Character.charCount(c);
        }
        if (last != null) {
            pieces.accept(text.substring(from));
        }
    }

    private static UnicodeScript of(int c) {
        UnicodeScript script = c == LONG_VOWEL ? UnicodeScript.HAN : UnicodeScript.of(c);
        return switch (script) {
            case HIRAGANA, KATAKANA -> UnicodeScript.HAN;
            default -> script;
        };
    }
}
