package lstmgpu.backend;

/** Tokens drawn from predictions; {@link Backend} says what holds for all operations. */
public interface Drawing {
    /** Tokens a sequence that a step is best to draw before the host looks at them; 1 where looking costs nothing. */
    default int drawsAtOnce() {
        return 1;
    }

    /**
     * Draws a token per sequence as {@link SamplingSpec} says, by the sequence's row of settings, and puts it into the
     * history.
     *
     * @param logits [B,V]; left as they were
     * @param history INT32 [B,W], a ring of the sequence's last tokens, −1 where empty; the drawn token goes to place
     *     STEP % W
     * @param tokens INT32 [B]
     */
    void sample(
            DeviceBuffer logits,
            int vocabulary,
            SamplingRows rows,
            StepClock clock,
            DeviceBuffer history,
            DeviceBuffer tokens);

    /**
     * Prepares the drawing of tokens one after the other, the weights staying what they are now.
     *
     * @param body draws a token by operations of this backend: what the loop computes, and what it records where the
     *     device has no shorter way
     * @param limit of tokens that one call may draw
     */
    TokenLoop newTokenLoop(TokenLoop.Network network, TokenLoop.Draws draws, TokenLoop.Body body, int limit);

    /** Bytes that such a loop keeps beside what its network and its draws hold, on a backend in the host's memory. */
    default long loopBytes(TokenLoop.Network network) {
        return 0;
    }

    /** Whether a loop of one text keeps rounded weights in fewer bytes, and is quicker with them. */
    default boolean multipliesRounded() {
        return false;
    }
}
