package lstmgpu.generate;

/**
 * How a request ended.
 *
 * @param text all of it, or as far as it came
 * @param state where the text is now; null where it could not be had: of a request that was never begun, or that ended
 *     by a failure or a close
 * @param failure what went wrong; null but for {@link Reason#FAILED}
 */
public record LaneEnd(Reason reason, GeneratedText text, TextState state, Throwable failure) {
    /** Why it ended. */
    public enum Reason {
        /** All the tokens that were asked for. */
        LENGTH,
        /** A stop string came. */
        STOP,
        /** Its ticket was cancelled. */
        CANCELLED,
        /** Something went wrong: with the device, which ends every request, or in its own listener. */
        FAILED,
        /** The lanes were closed. */
        CLOSED
    }
}
