package lstmgpu.api;

import java.util.OptionalDouble;

/**
 * How a run ended.
 *
 * @param reason why
 * @param steps done since the run's beginning, earlier starts included
 * @param trainingLoss the mean loss of the last steps; empty if there were none
 * @param bestLoss the lowest loss on what was held out, which is that of the model; empty if nothing was
 * @param bestStep the step of that loss; 0 if nothing was held out
 * @param seconds that training took, earlier starts included
 */
public record TrainingResult(
        Reason reason, int steps, OptionalDouble trainingLoss, OptionalDouble bestLoss, int bestStep, double seconds) {
    /** Why a run ended. */
    public enum Reason {
        /** All its steps were done. */
        COMPLETED,
        /** The loss on what was held out did not become better any more. */
        PATIENCE,
        /** Its time was over. */
        TIME,
        /** A listener asked for it. */
        STOPPED
    }

    static TrainingResult of(lstmgpu.train.TrainingResult result) {
        Reason reason =
                switch (result.reason()) {
                    case COMPLETED -> Reason.COMPLETED;
                    case PATIENCE -> Reason.PATIENCE;
                    case TIME -> Reason.TIME;
                    case STOP_REQUESTED, PAUSED -> Reason.STOPPED;
                };
        return new TrainingResult(
                reason,
                result.steps(),
                orEmpty(result.trainingLoss()),
                orEmpty(result.bestLoss()),
                result.bestStep(),
                result.seconds());
    }

    private static OptionalDouble orEmpty(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
