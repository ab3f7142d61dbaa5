package lstmgpu.runs;

import lstmgpu.train.TrainingSettings;

/**
 * How long a run is that is not told, and how often it looks at itself.
 *
 * @param steps that the network is given
 * @param mostEpochs passes over the data, however little there is of it
 */
public record RunLength(int steps, int mostEpochs) {
    /** An epoch of little data is too short to be followed by an evaluation and a checkpoint each time. */
    private static final int FEWEST_STEPS_BETWEEN = 50;

    /** Of much data an epoch is too long to be lost. */
    private static final int MOST_STEPS_UNSAVED = 1000;

    private static final int FEWEST_EVALUATIONS = 4;

    /** So many passes over the data, whatever its size. */
    static RunLength ofEpochs(int epochs) {
        return new RunLength(Integer.MAX_VALUE, epochs);
    }

    /**
     * Settings without a last step, with one unless they have a time, and with evaluations, samples and checkpoints at
     * distances that suit the data.
     */
    public TrainingSettings fitting(TrainingSettings settings, int stepsPerEpoch) {
        int several = Math.ceilDiv(FEWEST_STEPS_BETWEEN, stepsPerEpoch) * stepsPerEpoch;
        int unsaved = Math.min(several, MOST_STEPS_UNSAVED);
        if (settings.loop().timed()) {
            return settings.withPauses(several, unsaved);
        }
        int epochs = epochs(stepsPerEpoch);
        int part = epochs < FEWEST_EVALUATIONS
                ? (int) Math.ceilDiv((long) epochs * stepsPerEpoch, FEWEST_EVALUATIONS)
                : several;
        return settings.withEpochs(epochs).withPauses(part, unsaved);
    }

    /**
     * Passes over the data that come nearest to these steps: at least one, and not so many that little data is learnt
     * by heart.
     */
    public int epochs(int stepsPerEpoch) {
        return Math.clamp(Math.round((double) steps / stepsPerEpoch), 1, mostEpochs);
    }
}
