package lstmgpu.train;

import static lstmgpu.train.TrainingSettings.require;

/**
 * How the learning rate moves; see {@link Schedule} for the formulas.
 *
 * @param decay factor of step, exponential and plateau
 * @param decayEvery steps (plateau: evaluations without a better loss) between two decays; 0 means one epoch
 *     (plateau: one evaluation)
 */
public record RateSettings(Schedule.Kind schedule, int warmupSteps, float decay, int decayEvery) {
    public RateSettings {
        require(warmupSteps >= 0, "--warmup-steps must be 0 or above", warmupSteps);
        boolean rises = schedule == Schedule.Kind.EXPONENTIAL && Float.isFinite(decay);
        require(
                decay > 0 && (decay <= 1 || rises),
                "--lr-decay must lie in (0, 1], or above 1 with --schedule exponential",
                decay);
        require(decayEvery >= 0, "--decay-every must be 0 (one epoch) or above", decayEvery);
    }

    public static RateSettings defaults() {
        return new RateSettings(Schedule.Kind.CONSTANT, 0, 0.5f, 0);
    }

    /** The same by another schedule. */
    RateSettings withSchedule(Schedule.Kind kind) {
        return new RateSettings(kind, warmupSteps, decay, decayEvery);
    }
}
