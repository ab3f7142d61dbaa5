package lstmgpu.backend;

/**
 * Which tokens a step reads: sequence b of step k in an epoch takes inputs {@code [s, s+T)} and targets
 * {@code [s+1, s+T+1)} of the corpus.
 *
 * <p>Unshuffled, s = origin + b·sequenceStride + k·stepStride. Shuffled, s = origin + sequenceStride·π(k·B + b) with π a
 * permutation of {@code [0, windows)} that depends on the seed and the epoch (see {@link Shuffle}).
 *
 * @param steps T
 * @param batch B
 */
public record BatchSpec(
        int steps,
        int batch,
        long origin,
        long sequenceStride,
        long stepStride,
        boolean shuffled,
        long windows,
        long seed) {}
