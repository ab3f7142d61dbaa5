package lstmgpu.train;

/** Remembers the best loss, and how many evaluations in a row brought none that was better by the minimum. */
final class EarlyStopping {
    private final int patience;
    private final double minDelta;
    private State state = State.BEGINNING;

    /**
     * What an exact resume needs.
     *
     * @param best the lowest loss, {@link Double#MAX_VALUE} before the first evaluation
     * @param bestStep its step
     * @param reference the loss that the next one has to undercut by the minimum
     * @param waiting evaluations in a row that did not
     */
    record State(double best, int bestStep, double reference, int waiting) {
        static final State BEGINNING = new State(Double.MAX_VALUE, 0, Double.MAX_VALUE, 0);
    }

    EarlyStopping(TrainingSettings.Validation settings) {
        this.patience = settings.patience();
        this.minDelta = settings.minDelta();
    }

    /**
     * Takes note of an evaluation.
     *
     * @return whether the loss undercuts the reference by the minimum
     */
    boolean evaluated(int step, double loss) {
        boolean better = loss < state.reference() - minDelta;
        boolean lowest = loss < state.best();
        state = new State(
                lowest ? loss : state.best(),
                lowest ? step : state.bestStep(),
                better ? loss : state.reference(),
                better ? 0 : state.waiting() + 1);
        return better;
    }

    /** Whether so many evaluations brought nothing that training should end. */
    boolean exhausted() {
        return patience > 0 && state.waiting() >= patience;
    }

    State state() {
        return state;
    }

    void restore(State saved) {
        state = saved;
    }
}
