package lstmgpu.backend.cpu;

/**
 * Transposes a batch of matrices, to[b] = from[b]ᵀ; a worker does some of the matrices or, of a single one, some of the
 * rows.
 */
final class Transposition implements WorkerPool.Task {
    private static final int ROWS = 16;

    private CpuBuffer from;
    private long fromOffset;
    private CpuBuffer to;
    private int count;
    private int rows;
    private int columns;

    /** {@code count} matrices [rows,columns] from {@code offset}, to [columns,rows] each. */
    Transposition of(CpuBuffer source, long offset, CpuBuffer target, int matrices, int sourceRows, int sourceColumns) {
        from = source;
        fromOffset = offset;
        to = target;
        count = matrices;
        rows = sourceRows;
        columns = sourceColumns;
        return this;
    }

    @Override
    public void run(Worker worker) {
        if (count == 1) {
            single(worker);
            return;
        }
        int size = Math.multiplyExact(rows, columns);
        float[] source = worker.tile(8, size);
        float[] target = worker.tile(9, size);
        int end = worker.to(count, 1);
        for (int matrix = worker.from(count, 1); matrix < end; matrix++) {
            from.read(fromOffset + (long) matrix * size, source, 0, size);
            VectorMath.transpose(source, target, rows, columns);
            to.write(target, 0, (long) matrix * size, size);
        }
    }

    private void single(Worker worker) {
        float[] source = worker.tile(8, ROWS * columns);
        float[] target = worker.tile(9, ROWS * columns);
        int end = worker.to(rows, ROWS);
        for (int row = worker.from(rows, ROWS); row < end; row += ROWS) {
            int some = Math.min(ROWS, end - row);
            from.read(fromOffset + (long) row * columns, source, 0, some * columns);
            VectorMath.transpose(source, target, some, columns);
            for (int column = 0; column < columns; column++) {
                to.write(target, column * some, (long) column * rows + row, some);
            }
        }
    }
}
