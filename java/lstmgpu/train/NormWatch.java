package lstmgpu.train;

/** Follows the norm of the gradients before clipping step by step, for the record. */
final class NormWatch {
    private State state = State.BEGINNING;

    /**
     * What an exact resume needs, of the steps since the last row of metrics.csv.
     *
     * @param sum of the norms that are finite
     * @param count of those
     * @param largest of all, infinite where one was not finite; 0 before the first
     */
    record State(double sum, int count, double largest) {
        static final State BEGINNING = new State(0, 0, 0);
    }

    /**
     * The norms since the last row.
     *
     * @param mean of the steps whose gradients were finite, which are those that changed the weights; NaN without one
     * @param largest infinite where a step's gradients were not finite; NaN without a step
     */
    record Norms(double mean, double largest) {}

    /** Takes note of a step's norm. */
    void accept(double norm) {
        state = Double.isFinite(norm)
                ? new State(state.sum() + norm, state.count() + 1, Math.max(state.largest(), norm))
                : new State(state.sum(), state.count(), Double.POSITIVE_INFINITY);
    }

    /** What was seen since this was last asked. */
    Norms takeRow() {
        boolean empty = state.count() == 0 && state.largest() == 0; // A step without a finite norm has an infinite one.
        Norms norms = new Norms(state.sum() / state.count(), empty ? Double.NaN : state.largest());
        state = State.BEGINNING;
        return norms;
    }

    State state() {
        return state;
    }

    void restore(State saved) {
        state = saved;
    }
}
