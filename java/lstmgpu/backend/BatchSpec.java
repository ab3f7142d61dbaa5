package lstmgpu.backend;

/**
 * Which tokens a step reads: sequence b of step k in an epoch takes inputs {@code [s, s+T)} and targets
 * {@code [s+1, s+T+1)} of the corpus.
 *
 * <p>Unshuffled, s = origin + b·sequenceStride + k·stepStride. Shuffled, s = origin + sequenceStride·π(k·B + b) with π
 * a permutation of {@code [0, windows)} that depends on the seed and the epoch (see {@link Shuffle}). Of a share of a
 * batch, b and B are those of the whole.
 *
 * @param steps T
 * @param batch sequences that are read here
 * @param share which of the whole batch's they are
 */
public record BatchSpec(
        int steps,
        int batch,
        long origin,
        long sequenceStride,
        long stepStride,
        boolean shuffled,
        long windows,
        long seed,
        BatchShare share) {
    public BatchSpec {
        share.of(batch);
    }

    /** Of a whole batch. */
    public BatchSpec(
            int steps,
            int batch,
            long origin,
            long sequenceStride,
            long stepStride,
            boolean shuffled,
            long windows,
            long seed) {
        this(steps, batch, origin, sequenceStride, stepStride, shuffled, windows, seed, BatchShare.whole(batch));
    }

    /** The same for steps of so many tokens. */
    public BatchSpec withSteps(int count) {
        return new BatchSpec(count, batch, origin, sequenceStride, stepStride, shuffled, windows, seed, share);
    }

    /** So many of its sequences. */
    public BatchSpec shared(int sequences, BatchShare part) {
        return new BatchSpec(steps, sequences, origin, sequenceStride, stepStride, shuffled, windows, seed, part);
    }
}
