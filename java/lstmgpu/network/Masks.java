package lstmgpu.network;

import lstmgpu.backend.StepClock;

/**
 * Dropout of a training pass.
 *
 * @param clock whose STEP numbers the masks
 * @param seed of the masks
 * @param regularisation what is dropped beside what the network's configuration says, and what is penalised
 * @param drawn whether it is drawn which units keep what they had, or else computed as expected
 */
public record Masks(StepClock clock, long seed, Regularisation regularisation, boolean drawn) {
    /** Of a training run. */
    public Masks(StepClock clock, long seed, Regularisation regularisation) {
        this(clock, seed, regularisation, true);
    }

    /** Of the network's dropout alone. */
    public Masks(StepClock clock, long seed) {
        this(clock, seed, Regularisation.NONE);
    }

    /** Of gradients of what a network computes when it is judged, once it drops nothing. */
    public static Masks judging(StepClock clock) {
        return new Masks(clock, 0, Regularisation.NONE, false);
    }
}
