package lstmgpu.backend;

/**
 * Which sequences of a batch are computed here, where several processes train on one batch: as many as there are, from
 * {@code first} on. Random numbers and the shuffling are those of the whole batch, so that the shares together compute
 * what one process would.
 *
 * @param first the first sequence
 * @param all sequences of the whole batch
 */
public record BatchShare(int first, int all) {
    /** @throws IllegalArgumentException if the batch has no sequence of that number */
    public BatchShare {
        if (first < 0 || first >= all) {
            throw new IllegalArgumentException("a batch of " + all + " sequences has no sequence " + first);
        }
    }

    /** All of a batch. */
    public static BatchShare whole(int batch) {
        return new BatchShare(0, batch);
    }

    /**
     * This share, once it is known how many sequences it has.
     *
     * @throws IllegalArgumentException if the batch ends before them
     */
    public BatchShare of(int sequences) {
        if (sequences > all - first) {
            throw new IllegalArgumentException(
                    "a batch of %d sequences has not %d from sequence %d on".formatted(all, sequences, first));
        }
        return this;
    }
}
