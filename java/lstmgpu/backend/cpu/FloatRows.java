package lstmgpu.backend.cpu;

/**
 * A matrix that lies in the parameters, in float32, beside one text.
 *
 * @param first its first element
 * @param height H
 * @param columns K
 */
record FloatRows(CpuBuffer parameters, long first, int height, int columns) implements TextRows {
    @Override
    public long read(Worker worker, long x) {
        return x;
    }

    @Override
    public void add(Worker worker, int block, int from, int rows, long factor, long y, int rowStride, int textStride) {
        long weights = parameters.address(first + ((long) block * height + from) * columns);
        worker.blas()
                .multiplyLanes(
                        worker.blas().laneRows().of(rows, weights, columns, y, rowStride), 1, columns, factor, 1);
    }

    /** Reads a row of a block. */
    void read(int block, int row, float[] values) {
        parameters.read(first + ((long) block * height + row) * columns, values, 0, columns);
    }

    @Override
    public void close() {
        // The parameters are the network's.
    }
}
