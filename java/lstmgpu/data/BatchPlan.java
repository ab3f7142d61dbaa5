package lstmgpu.data;

import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.BatchSpec;

/**
 * Which tokens, or other steps of the data, an epoch's steps read, and how many steps that are.
 *
 * @param carriesState whether a sequence goes on where it stopped at the step before, so that its state does too;
 *     otherwise every window starts from a zero state
 * @param lengthPerStep what a step reads of the data, in its own steps and without padding; where that differs from
 *     step to step, the mean
 * @param lengths of the steps, of which the spec has the longest; null where sequences do not read on or all steps are
 *     alike
 */
public record BatchPlan(
        BatchSpec spec, int stepsPerEpoch, boolean carriesState, long lengthPerStep, StepLengths lengths) {
    private BatchPlan(BatchSpec spec, int stepsPerEpoch, boolean carriesState) {
        this(spec, stepsPerEpoch, carriesState, (long) spec.batch() * spec.steps(), null);
    }

    /**
     * Whole sequences that lie somewhere in the data, each from a zero state. Those that do not fill a batch are left
     * to the next epochs.
     *
     * @param what the data in messages
     * @param counted what a sequence is called there, such as "window"
     * @param steps T of the longest
     * @param length of all sequences together
     * @throws LstmGpuException with exit code 3 if there are fewer than B sequences, 2 for a batch below 1 or more
     *     than can be counted
     */
    public static BatchPlan ofSequences(
            String what, String counted, int sequences, int batch, int steps, long length, long seed) {
        checkPositive(batch, steps);
        if (sequences < batch) {
            throw LstmGpuException.data(
                    "%s has %s, and one step of --batch-size %d needs %,d; use more data%s",
                    what,
                    Count.of(sequences, counted),
                    batch,
                    batch,
                    sequences < 1 ? "" : ", or --batch-size " + sequences);
        }
        BatchSpec spec = new BatchSpec(steps, batch, 0, 0, 0, true, sequences, seed);
        return new BatchPlan(spec, sequences / batch, false, Math.max(1, length * batch / sequences), null);
    }

    /**
     * Sequences that read on: sequence b starts at b·⌊(N−1)/B⌋ and moves on by T a step; ⌊⌊(N−1)/B⌋/T⌋ steps per epoch.
     *
     * @param what the text in messages, for example "the training part of input.txt (1,000 bytes)"
     * @param tokens N
     * @param batch B
     * @param steps T
     * @throws LstmGpuException with exit code 3 if the text is shorter than one batch, 2 for a batch or length below 1
     */
    public static BatchPlan carried(String what, long tokens, int batch, int steps) {
        checkPositive(batch, steps);
        long sequence = Math.max(tokens - 1, 0) / batch;
        if (sequence < steps) {
            long needed = Math.addExact(Math.multiplyExact((long) batch, steps), 1);
            throw tooShort(what, tokens, batch, steps, needed, fittingSequences(tokens, batch, steps));
        }
        BatchSpec spec = new BatchSpec(steps, batch, 0, sequence, steps, false, 0, 0);
        return new BatchPlan(spec, stepsPerEpoch(what, sequence / steps), true);
    }

    /**
     * The same by steps of random lengths ({@link StepLengths}).
     *
     * @param steps L, about how many tokens a step reads
     */
    public static BatchPlan varying(String what, long tokens, int batch, int steps, long seed) {
        checkPositive(batch, steps);
        StepLengths lengths = new StepLengths(steps, seed);
        checkPositive(batch, lengths.longest());
        if (lengths.forms().length == 1) {
            throw LstmGpuException.usage(
                    "--vary-length changes nothing at --seq-length %d; leave it out or use a longer one", steps);
        }
        long sequence = Math.max(tokens - 1, 0) / batch;
        if (sequence < lengths.longest()) {
            throw LstmGpuException.data(
                    "%s has %s, and the longest step of --batch-size %d, --seq-length %d and --vary-length needs %,d;"
                            + " use more text, or a smaller batch or length",
                    what, Count.of(tokens, "token"), batch, steps, (long) batch * lengths.longest() + 1);
        }
        if (sequence > Integer.MAX_VALUE) {
            throw LstmGpuException.data(
                    "%s makes sequences of %,d tokens, more than --vary-length can count; use a larger --batch-size",
                    what, sequence);
        }
        BatchSpec spec = new BatchSpec(lengths.longest(), batch, 0, sequence, 0, false, 0, seed);
        return new BatchPlan(
                spec,
                stepsPerEpoch(what, lengths.stepsPerEpoch(sequence)),
                true,
                Math.round(batch * lengths.mean()),
                lengths);
    }

    /** The same for some sequences of every batch. */
    public BatchPlan shared(int sequences, BatchShare share) {
        return new BatchPlan(spec.shared(sequences, share), stepsPerEpoch, carriesState, lengthPerStep, lengths);
    }

    /** The steps of an epoch; only where they differ in length. */
    public StepLengths.Epoch epoch(int number) {
        return lengths.epoch(number, stepsPerEpoch, spec.sequenceStride());
    }

    /** What the learning rate of a step, from 0, is multiplied by. */
    public double rateShare(int step) {
        return lengths == null ? 1 : lengths.share(epoch(step / stepsPerEpoch).forms()[step % stepsPerEpoch]);
    }

    /**
     * Windows of T tokens that start {@code stepSize} apart, in an order that the seed and the epoch decide. The last
     * windows of that order that do not fill a batch are left to the next epochs.
     *
     * @throws LstmGpuException with exit code 3 if there are fewer than B windows, 2 for a batch, length or step
     *     size below 1
     */
    public static BatchPlan sliding(String what, long tokens, int batch, int steps, int stepSize, long seed) {
        checkPositive(batch, steps);
        if (stepSize < 1) {
            throw LstmGpuException.usage("--step-size %d is out of range; it is at least 1", stepSize);
        }
        long windows = tokens <= steps ? 0 : (tokens - 1 - steps) / stepSize + 1;
        if (windows < batch) {
            long needed = Math.addExact(Math.multiplyExact(batch - 1L, stepSize), steps + 1L);
            String fitting = fitting(Math.max(windows, 1), Math.min(steps, tokens - 1));
            throw tooShort(what, tokens, batch, steps, needed, fitting);
        }
        BatchSpec spec = new BatchSpec(steps, batch, 0, stepSize, 0, true, windows, seed);
        return new BatchPlan(spec, stepsPerEpoch(what, windows / batch), false);
    }

    private static void checkPositive(int batch, int steps) {
        if (batch < 1) {
            throw LstmGpuException.usage("--batch-size %d is out of range; it is at least 1", batch);
        }
        if (steps < 1) {
            throw LstmGpuException.usage("--seq-length %d is out of range; it is at least 1", steps);
        }
        if ((long) batch * steps > Integer.MAX_VALUE) {
            throw LstmGpuException.usage(
                    "--batch-size %d times --seq-length %d is more than 2^31 tokens per step; make one of them smaller",
                    batch, steps);
        }
    }

    private static int stepsPerEpoch(String what, long steps) {
        if (steps > Integer.MAX_VALUE) {
            throw LstmGpuException.data(
                    "%s makes %,d steps per epoch, more than can be counted; use a larger --batch-size or --seq-length",
                    what, steps);
        }
        return (int) steps;
    }

    /**
     * Values that fit: the length as it is with fewer sequences, the sequences as they are with a shorter length,
     * whichever there is.
     */
    private static String fittingSequences(long tokens, int batch, int steps) {
        long sequences = (tokens - 1) / steps;
        long length = (tokens - 1) / batch;
        String fewerSequences = sequences >= 1 ? fitting(sequences, steps) : fitting(1, tokens - 1);
        return length >= 1 && batch > 1 ? fewerSequences + " or " + fitting(batch, length) : fewerSequences;
    }

    private static String fitting(long batch, long steps) {
        return "--batch-size %d --seq-length %d".formatted(batch, steps);
    }

    private static LstmGpuException tooShort(
            String what, long tokens, int batch, int steps, long needed, String fitting) {
        return LstmGpuException.data(
                "%s has %s, and one step of --batch-size %d and --seq-length %d needs %,d; use more text%s",
                what, Count.of(tokens, "token"), batch, steps, needed, tokens < 2 ? "" : ", or " + fitting);
    }
}
