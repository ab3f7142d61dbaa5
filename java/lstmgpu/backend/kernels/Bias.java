package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** Launches {@code kernels/column_sum.cu} and {@code add_bias} of {@code kernels/convert.cu}. */
final class Bias implements AutoCloseable {
    /** Rows that a block sums before its sums are added to those of the others. */
    private static final int ROWS_EACH = 128;

    /** COLUMNS of the kernel. */
    private static final int COLUMNS = 32;

    private final KernelDevice device;
    private final Scratch scratch;

    Bias(KernelDevice device) {
        this.device = device;
        this.scratch = new Scratch(device);
    }

    /** y[n,:] += b, for y [rows,columns]. */
    void add(KernelBuffer b, KernelBuffer y, int rows, int columns) {
        long elements = (long) rows * columns;
        device.call(Kernel.ADD_BIAS, ElementType.FLOAT32)
                .buffer(b)
                .buffer(y)
                .longInteger(elements)
                .integer(columns)
                .launch(Kernel.ADD_BIAS.blocksFor(elements));
    }

    /** db += Σ_n dy[n,:], for dy FLOAT32 [rows,columns]. */
    void addGradient(KernelBuffer dy, int rows, int columns, KernelBuffer db) {
        int chunks = (rows + ROWS_EACH - 1) / ROWS_EACH;
        KernelBuffer partials = scratch.atLeast(ElementType.FLOAT32, (long) chunks * columns);
        device.call(Kernel.COLUMN_PARTIALS, ElementType.FLOAT32)
                .buffer(dy)
                .buffer(partials)
                .longInteger(rows)
                .integer(columns)
                .longInteger(ROWS_EACH)
                .launch((columns + COLUMNS - 1) / COLUMNS, chunks);
        device.call(Kernel.COLUMN_SUM, ElementType.FLOAT32)
                .buffer(partials)
                .buffer(db)
                .buffer(null)
                .integer(chunks)
                .integer(columns)
                .launch(Kernel.COLUMN_SUM.blocksFor(columns));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
