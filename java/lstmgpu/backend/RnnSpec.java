package lstmgpu.backend;

/**
 * One use of a recurrent stack.
 *
 * @param steps T, the steps of one call
 * @param batch B, the lanes
 * @param dropout probability of zeroing an output between layers, in [0, 1); only when training
 * @param seed of the dropout masks; layer {@code l}'s output uses stream {@code l}
 * @param training whether {@link RnnPlan#backward} will be called
 * @param tableSize 0 if the input is x [T,B,I]; otherwise V, and the input is a table of V rows (see {@link RnnInput.Table})
 */
public record RnnSpec(
        RnnShape shape,
        int steps,
        int batch,
        float dropout,
        long seed,
        Precision precision,
        boolean training,
        int tableSize) {
    public RnnSpec {
        if (steps < 1 || batch < 1 || tableSize < 0) {
            throw new IllegalArgumentException("a plan needs at least one step and one lane");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + dropout);
        }
    }

    /** N = T·B. */
    public int tokens() {
        return Math.multiplyExact(steps, batch);
    }
}
