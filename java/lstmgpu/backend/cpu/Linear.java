package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LinearSpec;

/**
 * y = x·wᵀ + b. A worker does some of the outputs; of more than {@link #MANY_ROWS} rows it does some of the rows
 * instead where {@link #divideRows} says so.
 */
class Linear implements WorkerPool.Task {
    /**
     * Up to this many rows a row is the same however many there are, since they may be texts that are written side by
     * side; and outputs are divided, since a product of fewer rows would pack w for too little work.
     */
    static final int MANY_ROWS = 128;

    static final int UNIT = 16;

    /** Outputs of some hundred rows at a time, so that the product finds the biases it adds to in the cache. */
    private static final int PIECE = 512;

    CpuBuffer x;
    CpuBuffer w;
    CpuBuffer b;
    CpuBuffer y;
    int rows;
    int inputs;
    int outputs;

    final Linear of(DeviceBuffer input, DeviceBuffer weight, DeviceBuffer bias, LinearSpec spec, DeviceBuffer out) {
        rows = spec.rows();
        inputs = spec.inputSize();
        outputs = spec.outputSize();
        x = CpuArguments.floats(input, (long) rows * inputs, "x");
        w = CpuArguments.floats(weight, (long) outputs * inputs, "w");
        b = CpuArguments.floatsOrNull(bias, outputs, "b");
        y = CpuArguments.floats(out, (long) rows * outputs, "y");
        return this;
    }

    @Override
    public final void run(Worker worker) {
        boolean byRows = rows > MANY_ROWS && divideRows();
        int rowFrom = byRows ? worker.from(rows, UNIT) : 0;
        int rowTo = byRows ? worker.to(rows, UNIT) : rows;
        int from = byRows ? 0 : worker.from(outputs, UNIT);
        int to = byRows ? outputs : worker.to(outputs, UNIT);
        int atATime = byRows || rows <= MANY_ROWS ? to - from : PIECE;
        for (int at = from; at < to && rowFrom < rowTo; at += atATime) {
            piece(worker, rowFrom, rowTo, at, Math.min(at + atATime, to));
        }
    }

    /** Whether workers are to share many rows, and not the outputs: each packs all of the other. */
    boolean divideRows() {
        return rows >= outputs;
    }

    private void piece(Worker worker, int rowFrom, int rowTo, int from, int to) {
        if (b != null) {
            float[] bias = worker.tile(0, to - from);
            b.read(from, bias, 0, to - from);
            for (int row = rowFrom; row < rowTo; row++) {
                y.write(bias, 0, (long) row * outputs + from, to - from);
            }
        }
        if (rows <= MANY_ROWS) {
            long first = w.address((long) from * inputs);
            worker.blas()
                    .multiplyRows(rows, to - from, inputs, x.address(0), first, b != null, y.address(from), outputs);
            return;
        }
        multiply(worker, rowFrom, rowTo, from, to);
    }

    /** Some outputs of some of many rows; y already has the bias where there is one. */
    void multiply(Worker worker, int rowFrom, int rowTo, int from, int to) {
        worker.blas()
                .multiply(
                        Blas.Transposed.SECOND,
                        rowTo - rowFrom,
                        to - from,
                        inputs,
                        x.address((long) rowFrom * inputs),
                        inputs,
                        w.address((long) from * inputs),
                        inputs,
                        b == null ? 0f : 1f,
                        y.address((long) rowFrom * outputs + from),
                        outputs);
    }
}
