package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LinearSpec;

/** y = x·wᵀ + b; a worker does some of the rows where there are many and some of the outputs where there are few. */
class Linear implements WorkerPool.Task {
    /**
     * Beyond this many rows, rows are divided: a product of fewer would pack w for too little work. Up to here a row is
     * the same however many there are, since they may be texts that are written side by side.
     */
    static final int MANY_ROWS = 128;

    static final int UNIT = 16;

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
        boolean byRows = rows > MANY_ROWS;
        int rowFrom = byRows ? worker.from(rows, UNIT) : 0;
        int rowTo = byRows ? worker.to(rows, UNIT) : rows;
        int from = byRows ? 0 : worker.from(outputs, UNIT);
        int to = byRows ? outputs : worker.to(outputs, UNIT);
        if (rowFrom >= rowTo || from >= to) {
            return;
        }
        if (b != null) {
            float[] bias = worker.tile(0, to - from);
            b.read(from, bias, 0, to - from);
            for (int row = rowFrom; row < rowTo; row++) {
                y.write(bias, 0, (long) row * outputs + from, to - from);
            }
        }
        if (!byRows) {
            long first = w.address((long) from * inputs);
            worker.blas()
                    .multiplyRows(rows, to - from, inputs, x.address(0), first, b != null, y.address(from), outputs);
            return;
        }
        multiply(worker, rowFrom, rowTo);
    }

    /** Some of many rows; y already has the bias where there is one. */
    void multiply(Worker worker, int from, int to) {
        worker.blas()
                .multiply(
                        Blas.Transposed.SECOND,
                        to - from,
                        outputs,
                        inputs,
                        x.address((long) from * inputs),
                        inputs,
                        w.address(0),
                        inputs,
                        b == null ? 0f : 1f,
                        y.address((long) from * outputs),
                        outputs);
    }
}
