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
 * @param implementation AUTO, or the only one that will do
 */
public record RnnSpec(
        RnnShape shape,
        int steps,
        int batch,
        float dropout,
        long seed,
        Precision precision,
        boolean training,
        int tableSize,
        RnnImplementation implementation) {
    public RnnSpec {
        if (steps < 1 || batch < 1 || tableSize < 0) {
            throw new IllegalArgumentException("a plan needs at least one step and one lane");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException("dropout must lie in [0, 1), not " + dropout);
        }
    }

    /** With the implementation left to the backend. */
    public RnnSpec(
            RnnShape shape,
            int steps,
            int batch,
            float dropout,
            long seed,
            Precision precision,
            boolean training,
            int tableSize) {
        this(shape, steps, batch, dropout, seed, precision, training, tableSize, RnnImplementation.AUTO);
    }

    /** The same for an input that is a table of so many rows, or features where it is 0. */
    public RnnSpec withTable(int rows) {
        return new RnnSpec(shape, steps, batch, dropout, seed, precision, training, rows, implementation);
    }

    /** The same for another number of steps. */
    public RnnSpec withSteps(int count) {
        return new RnnSpec(shape, count, batch, dropout, seed, precision, training, tableSize, implementation);
    }

    /** N = T·B. */
    public int tokens() {
        return Math.multiplyExact(steps, batch);
    }
}
