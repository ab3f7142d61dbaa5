package lstmgpu.backend.cpu;

import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.Bfloat16Factor.Side;

/** {@link Linear} with bfloat16 factors, which {@link #rounding} makes before. */
final class Bfloat16Linear extends Linear {
    private final Bfloat16Unit unit;
    private final Bfloat16Scratch scratch;
    private final Bfloat16Factor input = new Bfloat16Factor(Side.LEFT);
    private final Bfloat16Factor weights = new Bfloat16Factor(Side.RIGHT);
    private final WorkerPool.Task rounding = this::round;

    Bfloat16Linear(Bfloat16Unit unit, Bfloat16Scratch scratch) {
        this.unit = unit;
        this.scratch = scratch;
    }

    /**
     * Whether a layer's products have bfloat16 factors. With few rows, such as those of texts that are being written,
     * they have float32's: to round the weights would take longer than the products.
     */
    static boolean suits(LinearSpec spec) {
        return spec.precision() == Precision.BF16 && spec.rows() > MANY_ROWS;
    }

    /** What rounded factors take, of the layer or of its gradients. */
    static long bytes(LinearSpec spec, boolean gradient) {
        if (!suits(spec)) {
            return 0;
        }
        long elements = gradient ? Bfloat16LinearGradient.elements(spec) : elements(spec);
        return Math.multiplyExact(elements, CpuBuffer.ELEMENT_BYTES);
    }

    private static long elements(LinearSpec spec) {
        return Bfloat16Factor.length(1, spec.rows(), spec.inputSize())
                + Bfloat16Factor.length(1, spec.outputSize(), spec.inputSize());
    }

    /** Rounds x and w; a worker does some of the rows of each. */
    WorkerPool.Task rounding(LinearSpec spec) {
        scratch.start(elements(spec));
        scratch.place(input, spec.rows(), spec.inputSize());
        scratch.place(weights, spec.outputSize(), spec.inputSize());
        return rounding;
    }

    private void round(Worker worker) {
        round(input, x, worker.from(rows, UNIT), worker.to(rows, UNIT));
        round(weights, w, worker.from(outputs, UNIT), worker.to(outputs, UNIT));
    }

    private void round(Bfloat16Factor factor, CpuBuffer source, int from, int to) {
        if (from < to) {
            factor.roundRows(0, from, to - from, inputs, source.address((long) from * inputs), inputs);
        }
    }

    /** Always: nothing is left to pack. */
    @Override
    boolean divideRows() {
        return true;
    }

    @Override
    void multiply(Worker worker, int rowFrom, int rowTo, int from, int to) {
        Bfloat16Product.multiply(
                unit,
                rowTo - rowFrom,
                to - from,
                1,
                input,
                input.address(0, rowFrom, 0),
                weights,
                weights.address(0, from, 0),
                b != null,
                y.address((long) rowFrom * outputs + from),
                outputs);
    }
}
