package lstmgpu.data.subword;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a text as GPT-2 does, for counting. */
public final class PieceCutter {
    private final Matcher matcher =
            Pattern.compile(PreTokenizer.GPT2, Pattern.UNICODE_CHARACTER_CLASS).matcher("");
    private final Consumer<String> pieces;

    public PieceCutter(Consumer<String> pieces) {
        this.pieces = pieces;
    }

    /** Gives every piece of this part of a text. */
    public void cut(String part) {
        matcher.reset(part);
        while (matcher.find()) {
            pieces.accept(matcher.group());
        }
    }
}
