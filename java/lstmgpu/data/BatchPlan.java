package lstmgpu.data;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.BatchSpec;

/**
 * Which tokens an epoch's steps read, and how many steps that are.
 *
 * @param carriesState whether a lane goes on where it stopped at the step before, so that its state does too; otherwise every window
 *     starts from a zero state
 */
public record BatchPlan(BatchSpec spec, int stepsPerEpoch, boolean carriesState) {
    /**
     * Lanes that read on: lane b starts at b·⌊(N−1)/B⌋ and moves on by T a step; ⌊⌊(N−1)/B⌋/T⌋ steps an epoch.
     *
     * @param what the text in messages, for example "the training part of input.txt (1,000 bytes)"
     * @param tokens N
     * @param batch B
     * @param steps T
     * @throws LstmGpuException with exit code 3 if the text is shorter than one batch, 2 for a batch or length below 1
     */
    public static BatchPlan carried(String what, long tokens, int batch, int steps) {
        checkPositive(batch, steps);
        long lane = Math.max(tokens - 1, 0) / batch;
        if (lane < steps) {
            throw tooShort(what, tokens, batch, steps, Math.addExact(Math.multiplyExact((long) batch, steps), 1));
        }
        BatchSpec spec = new BatchSpec(steps, batch, 0, lane, steps, false, 0, 0);
        return new BatchPlan(spec, stepsPerEpoch(what, lane / steps), true);
    }

    /**
     * Windows of T tokens that start {@code stepSize} apart, in an order that the seed and the epoch decide. The last windows of that
     * order that do not fill a batch are left to the next epochs.
     *
     * @throws LstmGpuException with exit code 3 if there are fewer than B windows, 2 for a batch, length or step size below 1
     */
    public static BatchPlan sliding(String what, long tokens, int batch, int steps, int stepSize, long seed) {
        checkPositive(batch, steps);
        if (stepSize < 1) {
            throw LstmGpuException.usage("--step-size %d is out of range; it is at least 1", stepSize);
        }
        long windows = tokens <= steps ? 0 : (tokens - 1 - steps) / stepSize + 1;
        if (windows < batch) {
            long needed = Math.addExact(Math.multiplyExact(batch - 1L, stepSize), steps + 1L);
            if (windows > 0) {
                throw LstmGpuException.data(
                        "%s has %,d tokens, and one step of %d windows of %d tokens that start %d apart needs %,d; "
                                + "use more text, or --batch-size %d",
                        what, tokens, batch, steps, stepSize, needed, windows);
            }
            throw tooShort(what, tokens, batch, steps, needed);
        }
        BatchSpec spec = new BatchSpec(steps, batch, 0, stepSize, 0, true, windows, seed);
        return new BatchPlan(spec, stepsPerEpoch(what, windows / batch), false);
    }

    /** Tokens that an epoch predicts. */
    public long tokensPerEpoch() {
        return (long) stepsPerEpoch * spec.batch() * spec.steps();
    }

    private static void checkPositive(int batch, int steps) {
        if (batch < 1) {
            throw LstmGpuException.usage("--batch-size %d is out of range; it is at least 1", batch);
        }
        if (steps < 1) {
            throw LstmGpuException.usage("--seq-length %d is out of range; it is at least 1", steps);
        }
    }

    private static int stepsPerEpoch(String what, long steps) {
        if (steps > Integer.MAX_VALUE) {
            throw LstmGpuException.data(
                    "%s makes %,d steps an epoch, more than can be counted; use a larger --batch-size or --seq-length",
                    what, steps);
        }
        return (int) steps;
    }

    private static LstmGpuException tooShort(String what, long tokens, int batch, int steps, long needed) {
        String short1 = "%s has %,d tokens, and one step of --batch-size %d and --seq-length %d needs %,d";
        String message = short1.formatted(what, tokens, batch, steps, needed);
        if (tokens < 2) {
            return LstmGpuException.data("%s; use more text", message);
        }
        long sameLength = (tokens - 1) / steps;
        long sameBatch = (tokens - 1) / batch;
        String fits = sameLength >= 1
                ? "--batch-size %d --seq-length %d".formatted(Math.min(sameLength, batch), steps)
                : "--batch-size 1 --seq-length %d".formatted(tokens - 1);
        String alternative = sameBatch >= 1 && batch > 1
                ? " or --batch-size %d --seq-length %d".formatted(batch, Math.min(sameBatch, steps))
                : "";
        return LstmGpuException.data("%s; use more text, or %s%s", message, fits, alternative);
    }
}
