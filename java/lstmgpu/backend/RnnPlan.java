package lstmgpu.backend;

/**
 * A recurrent stack prepared for one {@link RnnSpec}. The states, h [L·D,B,R] and c [L·D,B,H],
 * start at zero and belong to the plan.
 *
 * <p>With {@link RnnInput#lengths} padding lies behind a sequence's last step; its x is finite and of ordinary size,
 * since a plan may compute it. There y is unspecified but finite, and 0 for a bidirectional stack; dOutput must be 0.
 * Nothing of the padding then reaches a gradient or another step; the order in which a table's gradient is summed up
 * may depend on its tokens. Where no state is carried ({@link RnnSpec#carries}), {@link #carryState} and a
 * {@link #writeState(RnnState)} of anything but zero are {@link IllegalStateException}s, and sequences begin from
 * zero anyhow.
 *
 * <p>{@code parameters} and {@code gradients} are the stretch that {@link Recurrence#rnnLayout} describes. Buffers must
 * not overlap.
 */
public interface RnnPlan extends AutoCloseable {
    /** Hears of layers. */
    interface LayerListener {
        void layer(int number);
    }

    /** Does nothing. */
    LayerListener NOBODY = _ -> {};

    RnnSpec spec();

    /**
     * Runs T steps from the initial state and keeps what backward needs.
     *
     * @return y [T,B,D·R], the last layer's h, the forward direction's before the other's; owned by the plan and valid
     *     until the next call
     */
    DeviceBuffer forward(DeviceBuffer parameters, RnnInput input);

    /**
     * Back-propagation through the T steps of the last {@link #forward}, once for each forward; nothing flows into the
     * initial state. The clock's STEP must still be that of the forward, since it numbers dropout's masks.
     *
     * @param input the same as forward's, its tokens unchanged; its dx is overwritten, its dTable added to
     * @param dOutput gradient of the loss by y, [T,B,D·R]; left as it was
     * @param gradients added to
     */
    default void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
        backward(parameters, input, dOutput, gradients, NOBODY);
    }

    /**
     * The same.
     *
     * @param whole hears once of every layer, from the last to the first, that nothing of what is still to come adds to
     *     the gradients of its weights; what reads them in a second queue comes after those that were added there
     */
    void backward(
            DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients, LayerListener whole);

    /**
     * Makes the final state of the last forward the initial state of the next one. Whatever changes the initial state
     * comes after backward, which needs the one that forward began with.
     */
    void carryState();

    /** Makes the initial state zero. */
    void resetState();

    /**
     * Makes the initial state zero, in all layers, in the sequences whose word ({@link Philox#RESET}, element b for
     * sequence b of the whole batch, at the clock's STEP) is below the {@link Philox#threshold} of {@code probability}.
     *
     * @param probability in [0, 1)
     */
    void resetSequences(float probability, long seed, StepClock clock);

    /**
     * Copies the initial state of the next forward into device memory, from where {@link #takeState} of another plan
     * takes it: one with other T, of the same backend, stack and sequences. In which order the numbers lie there is the
     * backend's own affair.
     *
     * @param hidden FLOAT32, out, as many as {@link #readState} has of h
     * @param cell FLOAT32, out, as many as it has of c; null for a cell without c
     */
    void storeState(DeviceBuffer hidden, DeviceBuffer cell);

    /**
     * Makes what {@link #storeState} left the initial state of the next forward.
     *
     * @param hidden in
     * @param cell in; null for a cell without c
     */
    void takeState(DeviceBuffer hidden, DeviceBuffer cell);

    /** The initial state of the next forward. */
    RnnState readState();

    void writeState(RnnState state);

    /**
     * One sequence's part of {@link #readState()}, h [L,R] and c [L,H].
     *
     * @throws IllegalArgumentException if there is no such sequence
     */
    default RnnState readState(int sequence) {
        spec().requireSequence(sequence);
        return readState().sequence(sequence, spec());
    }

    /**
     * Makes this the initial state of one sequence and leaves those of the others as they are, bit for bit.
     *
     * @throws IllegalArgumentException if there is no such sequence or the state has another shape
     */
    default void writeState(int sequence, RnnState state) {
        spec().requireSequence(sequence, state);
        RnnState all = readState();
        all.put(sequence, state, spec());
        writeState(all);
    }

    @Override
    void close();
}
