package lstmgpu.train;

/**
 * How a run ended.
 *
 * @param steps steps done since the run's beginning
 * @param trainingLoss mean loss of the last steps; NaN if there were none
 * @param bestLoss the lowest loss on the held-out data; NaN without one
 * @param bestStep the step of that loss
 * @param trend of the loss on the held-out data
 * @param averagedFrom steps done when the average of the weights began; −1 where it did not
 */
public record TrainingResult(
        Reason reason,
        int steps,
        double trainingLoss,
        double bestLoss,
        int bestStep,
        HeldOutTrend trend,
        double seconds,
        int averagedFrom) {
    /** Why it ended. */
    public enum Reason {
        COMPLETED,
        PATIENCE,
        TIME,
        STOP_REQUESTED,
        /** At the step where {@link Trainer#pauseAfter} wanted it to, with an evaluation; it can go on from there. */
        PAUSED
    }
}
