package lstmgpu.api;

import java.util.List;

/**
 * What a model has written.
 *
 * @param text without the prompt and without the stop text
 * @param tokens drawn, those of the stop text included
 * @param stopped whether a stop text ended it
 * @param seed with which it comes out again
 * @param state behind it, to go on from
 */
public record Written(String text, List<TextListener.Token> tokens, boolean stopped, long seed, TextState state) {
    /** Copies the tokens. */
    public Written {
        tokens = List.copyOf(tokens);
    }
}
