package lstmgpu.backend.cpu;

import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.cpu.Bfloat16Factor.Side;

/** {@link LinearGradient} with bfloat16 factors, which {@link #rounding} makes before. */
final class Bfloat16LinearGradient extends LinearGradient {
    private final Bfloat16Unit unit;
    private final Bfloat16Scratch scratch;

    /** dy [N,O] and w [O,I], for dx. */
    private final Bfloat16Factor slopes = new Bfloat16Factor(Side.LEFT);

    private final Bfloat16Factor weights = new Bfloat16Factor(Side.RIGHT);

    /** dyᵀ [O,N] and x [N,I], for dw. */
    private final Bfloat16Factor slopesTransposed = new Bfloat16Factor(Side.LEFT);

    private final Bfloat16Factor input = new Bfloat16Factor(Side.RIGHT);
    private final WorkerPool.Task rounding = this::round;

    Bfloat16LinearGradient(Bfloat16Unit unit, Bfloat16Scratch scratch) {
        this.unit = unit;
        this.scratch = scratch;
    }

    static long elements(LinearSpec spec) {
        return Bfloat16Factor.length(1, spec.rows(), spec.outputSize())
                + Bfloat16Factor.length(1, spec.inputSize(), spec.outputSize())
                + Bfloat16Factor.length(1, spec.outputSize(), spec.rows())
                + Bfloat16Factor.length(1, spec.inputSize(), spec.rows());
    }

    /** Rounds all factors; a worker does some of the rows or columns of each. */
    WorkerPool.Task rounding(LinearSpec spec) {
        scratch.start(elements(spec));
        scratch.place(slopes, rows, outputs);
        scratch.place(weights, inputs, outputs);
        scratch.place(slopesTransposed, outputs, rows);
        scratch.place(input, inputs, rows);
        return rounding;
    }

    private void round(Worker worker) {
        int row = worker.from(rows, UNIT);
        int some = worker.to(rows, UNIT) - row;
        if (dx != null && some > 0) {
            slopes.roundRows(0, row, some, outputs, dy.address((long) row * outputs), outputs);
        }
        int output = worker.from(outputs, UNIT);
        int someOutputs = worker.to(outputs, UNIT) - output;
        if (someOutputs > 0) {
            slopesTransposed.roundColumns(0, output, 0, rows, someOutputs, dy.address(output), outputs);
        }
        int column = worker.from(inputs, UNIT);
        int columns = worker.to(inputs, UNIT) - column;
        if (columns <= 0) {
            return;
        }
        input.roundColumns(0, column, 0, rows, columns, x.address(column), inputs);
        if (dx != null) {
            weights.roundColumns(0, column, 0, outputs, columns, w.address(column), inputs);
        }
    }

    @Override
    void multiplyInput(Worker worker, int from, int to) {
        Bfloat16Product.multiply(
                unit,
                to - from,
                inputs,
                1,
                slopes,
                slopes.address(0, from, 0),
                weights,
                weights.address(0, 0, 0),
                addToDx,
                dx.address((long) from * inputs),
                inputs);
    }

    @Override
    void multiplyWeight(Worker worker, int from, int to, int inputFrom, int inputTo) {
        Bfloat16Product.multiply(
                unit,
                to - from,
                inputTo - inputFrom,
                1,
                slopesTransposed,
                slopesTransposed.address(0, from, 0),
                input,
                input.address(0, inputFrom, 0),
                true,
                dw.address((long) from * inputs + inputFrom),
                inputs);
    }
}
