package lstmgpu.backend;

/**
 * One use of a recurrent stack; made by {@link #forward} or {@link #training} and what follows them.
 *
 * @param steps T, the steps of one call
 * @param batch B, the sequences
 * @param training whether {@link RnnPlan#backward} will be called
 * @param dropout between layers; only when training
 * @param tableSize 0 if the input is x [T,B,I]; otherwise V, and the input is a table of V rows (see
 *     {@link RnnInput.Table})
 * @param implementation AUTO, or the only one that will do
 */
public record RnnSpec(
        RnnShape shape,
        int steps,
        int batch,
        Precision precision,
        boolean training,
        Dropout dropout,
        int tableSize,
        RnnImplementation implementation) {
    /**
     * Zeroing of outputs.
     *
     * @param probability in [0, 1)
     * @param seed of the masks; layer {@code l}'s output uses stream {@code l}
     */
    public record Dropout(float probability, long seed) {
        static final Dropout NONE = new Dropout(0, 0);

        public Dropout {
            if (!(probability >= 0 && probability < 1)) {
                throw new IllegalArgumentException("dropout must lie in [0, 1), not " + probability);
            }
        }
    }

    public RnnSpec {
        if (steps < 1 || batch < 1 || tableSize < 0) {
            throw new IllegalArgumentException("a plan needs at least one step and one sequence");
        }
    }

    /** A use without {@link RnnPlan#backward}, on features, computed as the backend chooses. */
    public static RnnSpec forward(RnnShape shape, int steps, int batch, Precision precision) {
        return new RnnSpec(shape, steps, batch, precision, false, Dropout.NONE, 0, RnnImplementation.AUTO);
    }

    /** A use in training, on features and without dropout, computed as the backend chooses. */
    public static RnnSpec training(RnnShape shape, int steps, int batch, Precision precision) {
        return new RnnSpec(shape, steps, batch, precision, true, Dropout.NONE, 0, RnnImplementation.AUTO);
    }

    /** The same with outputs between layers zeroed. */
    public RnnSpec withDropout(float probability, long seed) {
        Dropout masks = new Dropout(probability, seed);
        return new RnnSpec(shape, steps, batch, precision, training, masks, tableSize, implementation);
    }

    /** The same for an input that is a table of so many rows, or features where it is 0. */
    public RnnSpec withTable(int rows) {
        return new RnnSpec(shape, steps, batch, precision, training, dropout, rows, implementation);
    }

    /** The same for another number of steps. */
    public RnnSpec withSteps(int count) {
        return new RnnSpec(shape, count, batch, precision, training, dropout, tableSize, implementation);
    }

    /** The same, computed by this implementation or not at all; AUTO leaves it to the backend. */
    public RnnSpec by(RnnImplementation only) {
        return new RnnSpec(shape, steps, batch, precision, training, dropout, tableSize, only);
    }

    /** Whether outputs between layers are zeroed. */
    public boolean drops() {
        return training && dropout.probability() > 0;
    }

    /** N = T·B. */
    public int tokens() {
        return Math.multiplyExact(steps, batch);
    }
}
