package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/** The bias of a linear layer and its gradient: launches {@code add_bias} of {@code kernels/convert.cu}. */
final class Bias implements AutoCloseable {
    private final KernelDevice device;
    private final ColumnSum sums;

    Bias(KernelDevice device) {
        this.device = device;
        this.sums = new ColumnSum(device);
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
        sums.add(dy, rows, columns, db, null);
    }

    @Override
    public void close() {
        sums.close();
    }
}
