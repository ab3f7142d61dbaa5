package lstmgpu.generate;

import java.util.List;

/**
 * Hears of a request. All calls come from the one thread that writes for everybody, in the order of the text: the
 * prompt, then for each token {@link #token} and what may now be shown of it as {@link #text}, then the rest that was
 * held back, then {@link #end}, which is the last one and always comes.
 *
 * <p>A call must return at once, since everybody else's text waits meanwhile: whoever writes to a network puts things
 * into a queue here and takes them out on another thread. What a call throws ends its own request as
 * {@link LaneEnd.Reason#FAILED} and nobody else's.
 */
public interface LaneListener {
    /** The prompt's tokens with their log-probabilities, if the request asked for them. */
    default void prompt(List<LaneToken> tokens) {}

    /** A token was drawn. */
    default void token(LaneToken token) {}

    /**
     * Text that may be shown; what could be the beginning of a stop string is held back until that is decided.
     *
     * @param bytes whole characters in UTF-8, or of a byte model any bytes; never empty
     */
    default void text(byte[] bytes) {}

    /** There is no more. */
    void end(LaneEnd end);
}
