package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code kernels/column_sum.cu}. An instance serves one queue, since the partial sums of a call live in its scratch. */
public final class ColumnSum implements AutoCloseable {
    /** COLUMNS of the kernel. */
    private static final int COLUMNS = 32;

    /** Rows of a chunk at least, so that the partial sums are few. */
    private static final int FEWEST_ROWS = 128;

    private static final int MOST_CHUNKS = 64;

    private final KernelDevice device;
    private final Scratch partials;

    public ColumnSum(KernelDevice device) {
        this.device = device;
        this.partials = new Scratch(device);
    }

    /**
     * out[j] += Σ_n x[n,j], and the same to {@code also}.
     *
     * @param x [rows,columns], stored as {@code storage} says
     * @param also another FLOAT32 [columns], or null
     */
    public void add(
            KernelBuffer x, ElementType storage, long rows, int columns, KernelBuffer out, KernelBuffer also) {
        long rowsEach = Math.max(FEWEST_ROWS, (rows + MOST_CHUNKS - 1) / MOST_CHUNKS);
        int chunks = Math.toIntExact((rows + rowsEach - 1) / rowsEach);
        KernelBuffer sums = partials.atLeast(ElementType.FLOAT32, (long) chunks * columns);
        device.call(Kernel.COLUMN_PARTIALS, storage)
                .buffer(x)
                .buffer(sums)
                .longInteger(rows)
                .integer(columns)
                .longInteger(rowsEach)
                .launch((columns + COLUMNS - 1) / COLUMNS, chunks);
        device.call(Kernel.COLUMN_SUM, ElementType.FLOAT32)
                .buffer(sums)
                .buffer(out)
                .buffer(also)
                .integer(chunks)
                .integer(columns)
                .launch(Kernel.COLUMN_SUM.blocksFor(columns));
    }

    @Override
    public void close() {
        partials.close();
    }
}
