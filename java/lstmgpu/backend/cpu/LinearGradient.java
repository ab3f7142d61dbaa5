package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LinearSpec;

/**
 * The gradients of {@link Linear}. For dx a worker does some of the rows, for dw and db some of the outputs or inputs.
 */
class LinearGradient implements WorkerPool.Task {
    static final int UNIT = 16;

    CpuBuffer x;
    CpuBuffer w;
    CpuBuffer dy;
    CpuBuffer dx;
    CpuBuffer dw;
    CpuBuffer db;
    boolean addToDx;
    int rows;
    int inputs;
    int outputs;

    final LinearGradient of(DeviceBuffer input, DeviceBuffer weight, DeviceBuffer dOut, LinearSpec spec) {
        rows = spec.rows();
        inputs = spec.inputSize();
        outputs = spec.outputSize();
        x = CpuArguments.floats(input, (long) rows * inputs, "x");
        w = CpuArguments.floats(weight, (long) outputs * inputs, "w");
        dy = CpuArguments.floats(dOut, (long) rows * outputs, "dy");
        return this;
    }

    final LinearGradient into(DeviceBuffer dInput, boolean add, DeviceBuffer dWeight, DeviceBuffer dBias) {
        dx = CpuArguments.floatsOrNull(dInput, (long) rows * inputs, "dx");
        addToDx = add;
        dw = CpuArguments.floats(dWeight, (long) outputs * inputs, "dw");
        db = CpuArguments.floatsOrNull(dBias, outputs, "db");
        return this;
    }

    @Override
    public final void run(Worker worker) {
        if (dx != null) {
            inputGradient(worker);
        }
        weightGradient(worker);
        if (db != null) {
            biasGradient(worker);
        }
    }

    private void inputGradient(Worker worker) {
        int from = worker.from(rows, UNIT);
        int to = worker.to(rows, UNIT);
        if (from < to) {
            multiplyInput(worker, from, to);
        }
    }

    /** dx of some rows. */
    void multiplyInput(Worker worker, int from, int to) {
        worker.blas()
                .multiply(
                        Blas.Transposed.NONE,
                        to - from,
                        inputs,
                        outputs,
                        dy.address((long) from * outputs),
                        outputs,
                        w.address(0),
                        inputs,
                        addToDx ? 1f : 0f,
                        dx.address((long) from * inputs),
                        inputs);
    }

    private void weightGradient(Worker worker) {
        boolean byOutputs = outputs >= inputs;
        int from = byOutputs ? worker.from(outputs, UNIT) : 0;
        int to = byOutputs ? worker.to(outputs, UNIT) : outputs;
        int inputFrom = byOutputs ? 0 : worker.from(inputs, UNIT);
        int inputTo = byOutputs ? inputs : worker.to(inputs, UNIT);
        if (from < to && inputFrom < inputTo) {
            multiplyWeight(worker, from, to, inputFrom, inputTo);
        }
    }

    /** dw of some outputs and inputs. */
    void multiplyWeight(Worker worker, int from, int to, int inputFrom, int inputTo) {
        worker.blas()
                .multiply(
                        Blas.Transposed.FIRST,
                        to - from,
                        inputTo - inputFrom,
                        rows,
                        dy.address(from),
                        outputs,
                        x.address(inputFrom),
                        inputs,
                        1f,
                        dw.address((long) from * inputs + inputFrom),
                        inputs);
    }

    private void biasGradient(Worker worker) {
        int from = worker.from(outputs, UNIT);
        int columns = worker.to(outputs, UNIT) - from;
        if (columns <= 0) {
            return;
        }
        float[] row = worker.tile(0, columns);
        double[] sums = worker.sums(columns);
        Arrays.fill(sums, 0, columns, 0);
        for (int n = 0; n < rows; n++) {
            dy.read((long) n * outputs + from, row, 0, columns);
            for (int column = 0; column < columns; column++) {
                sums[column] += row[column];
            }
        }
        db.read(from, row, 0, columns);
        for (int column = 0; column < columns; column++) {
            row[column] = (float) (row[column] + sums[column]);
        }
        db.write(row, 0, from, columns);
    }
}
