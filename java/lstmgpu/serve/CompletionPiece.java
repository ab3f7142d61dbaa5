package lstmgpu.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneToken;

/** What has come of one text: that which one token has shown, or of a client that reads slowly more. */
final class CompletionPiece {
    private final int choice;
    private List<LaneToken> prompt = List.of();
    private List<LaneToken> tokens = List.of();
    private byte[] text = {};
    private int length;
    private int drawn;
    private LaneEnd end;

    CompletionPiece(int choice) {
        this.choice = choice;
    }

    /** The number of its text. */
    int choice() {
        return choice;
    }

    /** The prompt's tokens, if they came now; otherwise empty. */
    List<LaneToken> prompt() {
        return prompt;
    }

    /** What may be shown. */
    byte[] text() {
        return length == text.length ? text : Arrays.copyOf(text, length);
    }

    /** Tokens that were drawn; empty where they are only counted. */
    List<LaneToken> tokens() {
        return tokens;
    }

    /** How many were drawn. */
    int drawn() {
        return drawn;
    }

    /** Null while there is more to come. */
    LaneEnd end() {
        return end;
    }

    void setPrompt(List<LaneToken> read) {
        prompt = read;
    }

    /** Counts a token, and keeps it unless it is null. */
    void draw(LaneToken token) {
        drawn++;
        if (token != null) {
            tokens = tokens.isEmpty() ? new ArrayList<>(1) : tokens;
            tokens.add(token);
        }
    }

    void setEnd(LaneEnd last) {
        end = last;
    }

    /** Adds to the text; what is given is not to be changed afterwards. */
    void show(byte[] shown) {
        if (length == 0) {
            text = shown;
        } else {
            text = text.length < length + shown.length ? Arrays.copyOf(text, 2 * (length + shown.length)) : text;
            System.arraycopy(shown, 0, text, length, shown.length);
        }
        length += shown.length;
    }

    /** Takes in the piece that follows. */
    void join(CompletionPiece next) {
        if (!next.prompt.isEmpty()) {
            prompt = next.prompt;
        }
        if (tokens.isEmpty()) {
            tokens = next.tokens;
        } else {
            tokens.addAll(next.tokens);
        }
        drawn += next.drawn;
        show(next.text());
        end = next.end;
    }
}
