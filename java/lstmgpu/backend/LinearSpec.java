package lstmgpu.backend;

/**
 * The sizes of a linear layer y [N,O] = x [N,I]·wᵀ + b, w [O,I].
 *
 * @param rows N
 * @param inputSize I
 * @param outputSize O
 * @param precision to which the factors of products are rounded
 * @param counted which of the rows count; null where all do
 */
public record LinearSpec(int rows, int inputSize, int outputSize, Precision precision, Counted counted) {
    /**
     * Only the first rows count, as many as the device knows: behind them, what is read counts as zeros and may be
     * overwritten; what is written is what follows from zeros, or stays as it was.
     *
     * @param count INT32 [1], the rows that count, from the first one of all parts on
     * @param before rows in the parts before this one
     */
    public record Counted(DeviceBuffer count, int before) {
        /** Of so many rows of this part those that count. */
        public int of(int rows, int known) {
            return Math.clamp((long) known - before, 0, rows);
        }
    }

    /** All rows count. */
    public LinearSpec(int rows, int inputSize, int outputSize, Precision precision) {
        this(rows, inputSize, outputSize, precision, null);
    }

    /** So many rows, all of which count. */
    public LinearSpec ofRows(int count) {
        return new LinearSpec(count, inputSize, outputSize, precision);
    }
}
