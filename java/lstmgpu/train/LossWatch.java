package lstmgpu.train;

/** Follows the training loss step by step: means for the record, and whether it diverges. */
final class LossWatch {
    private static final double SMOOTHING = 0.98;
    private static final double EXPLOSION = 4;

    private final double limit;
    private State state = State.BEGINNING;
    private double reported;
    private int reportedCount;

    /**
     * What an exact resume needs.
     *
     * @param first the first loss
     * @param last the last loss, NaN before the first
     * @param smooth the exponential mean of all losses
     * @param rowSum losses since the last row of metrics.csv
     * @param evaluationSum losses since the last evaluation
     */
    record State(
            double first,
            double last,
            double smooth,
            double rowSum,
            int rowCount,
            double evaluationSum,
            int evaluationCount) {
        static final State BEGINNING = new State(0, Double.NaN, 0, 0, 0, 0, 0);
    }

    LossWatch(double blindLoss) {
        this.limit = blindLoss;
    }

    /**
     * Takes note of a step's loss.
     *
     * @return whether training is still sound: the loss is finite, and its mean over about fifty steps lies below
     *     four times the larger of the first loss and that of guessing blindly
     */
    boolean accept(int step, double loss) {
        double first = step == 0 ? loss : state.first();
        double smooth = step == 0 ? loss : SMOOTHING * state.smooth() + (1 - SMOOTHING) * loss;
        state = new State(
                first,
                loss,
                smooth,
                state.rowSum() + loss,
                state.rowCount() + 1,
                state.evaluationSum() + loss,
                state.evaluationCount() + 1);
        reported += loss;
        reportedCount++;
        return Double.isFinite(loss) && smooth <= EXPLOSION * Math.max(limit, first);
    }

    /** The mean since this was last asked; NaN if there was no step. */
    double takeReport() {
        double mean = reported / reportedCount;
        reported = 0;
        reportedCount = 0;
        return mean;
    }

    /** The mean since this was last asked; NaN if there was no step. */
    double takeRow() {
        double mean = state.rowSum() / state.rowCount();
        state = new State(
                state.first(), state.last(), state.smooth(), 0, 0, state.evaluationSum(), state.evaluationCount());
        return mean;
    }

    /** The mean since this was last asked; NaN if there was no step. */
    double takeEvaluation() {
        double mean = state.evaluationSum() / state.evaluationCount();
        state = new State(state.first(), state.last(), state.smooth(), state.rowSum(), state.rowCount(), 0, 0);
        return mean;
    }

    State state() {
        return state;
    }

    void restore(State saved) {
        state = saved;
        reported = 0;
        reportedCount = 0;
    }
}
