package lstmgpu.generate;

/** A request that was accepted. Any thread may use it. */
public interface LaneTicket {
    /**
     * Ends the request before its next token, as {@link LaneEnd.Reason#CANCELLED}; one that has ended stays as it is.
     */
    void cancel();

    /** Whether {@link LaneListener#end} was called. */
    boolean ended();

    /**
     * Waits for the end; not to be called by a listener.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the request goes on
     */
    LaneEnd await() throws InterruptedException;
}
