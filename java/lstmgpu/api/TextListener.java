package lstmgpu.api;

/**
 * Hears a text as it is written, on the thread that asked for it, which waits meanwhile. What a call throws ends the
 * text and comes out of the call that writes.
 */
@FunctionalInterface
public interface TextListener {
    /**
     * Text that was written since the last call; what could be the beginning of a stop text is held back until that is
     * decided.
     *
     * @param piece whole characters, at least one; what a model of bytes wrote that is no UTF-8 is U+FFFD
     */
    void text(String piece);

    /**
     * A token was drawn; its text comes with the next calls of {@link #text}.
     *
     * @param token and how probable it was
     */
    default void token(Token token) {}

    /**
     * A token of a text.
     *
     * @param id in the vocabulary
     * @param logprob the natural logarithm of its probability at temperature 1, given all before it
     */
    record Token(int id, double logprob) {}
}
