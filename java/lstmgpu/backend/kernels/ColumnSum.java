package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code kernels/column_sum.cu}. */
public final class ColumnSum implements AutoCloseable {
    private static final int COLUMNS_PER_BLOCK = 32;
    private static final int BLOCKS = 1024;
    private static final int FEWEST_ROWS = 64;

    private final KernelDevice device;
    private final Scratch scratch;

    public ColumnSum(KernelDevice device) {
        this.device = device;
        this.scratch = new Scratch(device);
    }

    /**
     * out[j] += Σ_n x[n,j], and the same to {@code also}.
     *
     * @param x [rows,columns], FLOAT32 or BFLOAT16
     * @param also or null
     */
    public void add(KernelBuffer x, int rows, int columns, KernelBuffer out, KernelBuffer also) {
        int strips = strips(columns);
        int rowsEach = rowsEach(rows, columns);
        int chunks = (rows + rowsEach - 1) / rowsEach;
        KernelBuffer partials = scratch.atLeast(ElementType.FLOAT32, (long) chunks * columns);
        device.call(Kernel.COLUMN_PARTIALS, x.type())
                .buffer(x)
                .buffer(partials)
                .longInteger(rows)
                .integer(columns)
                .longInteger(rowsEach)
                .launch(strips, chunks);
        addUp(device, partials, out, also, chunks, columns);
    }

    /** Blocks side by side, each for {@link #COLUMNS_PER_BLOCK} columns. */
    static int strips(int columns) {
        return (columns + COLUMNS_PER_BLOCK - 1) / COLUMNS_PER_BLOCK;
    }

    /** Rows of a chunk, of which the last may have fewer. */
    static int rowsEach(int rows, int columns) {
        int most = Math.max(1, Math.min((rows + FEWEST_ROWS - 1) / FEWEST_ROWS, BLOCKS / strips(columns)));
        return Math.max(1, (rows + most - 1) / most);
    }

    /** out[j] += Σ over the chunks of partials [chunks,columns], and the same to {@code also}, which may be null. */
    static void addUp(
            KernelDevice device, KernelBuffer partials, KernelBuffer out, KernelBuffer also, int chunks, int columns) {
        device.call(Kernel.COLUMN_SUM, ElementType.FLOAT32)
                .buffer(partials)
                .buffer(out)
                .buffer(also)
                .integer(chunks)
                .integer(columns)
                .launch(Kernel.COLUMN_SUM.blocksFor(columns));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
