package lstmgpu.backend;

/**
 * Which rows of tables a step reads where sequences have places and lengths of their own: sequence b of step k in an
 * epoch is s = order[k·B + b], and takes the rows {@code [starts[s], starts[s] + min(lengths[s], T))}. Of a share of a
 * batch, b and B are those of the whole.
 *
 * @param steps T
 * @param sequences that are read here
 * @param share which of the whole batch's they are
 */
public record RowsSpec(int steps, int sequences, BatchShare share) {
    public RowsSpec {
        if (steps < 1 || sequences < 1) {
            throw new IllegalArgumentException(
                    "a batch has at least one step and one sequence, not %d and %d".formatted(steps, sequences));
        }
        share.of(sequences);
    }
}
