package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import lstmgpu.backend.RnnInput;

/**
 * What is done with the gate rows of a layer beside products and cells in native code, {@code native/gate_rows.cpp}:
 * the same bits as the loops over tiles of {@link InputProjection}, {@link BiasGradient} and {@link TableGradient}
 * give.
 */
final class GateRows {
    /** So many sequences fill a vector; for fewer, calls and what is idle in them cost as much as the copies. */
    private static final int FEWEST = 16;

    private static final int WIDTH = 16;
    private static final String NAME = "gate_rows";

    private static final MethodHandle START = NativeProduct.find(
            NAME,
            NAME + "_start",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG));

    private static final MethodHandle SUM = NativeProduct.find(
            NAME,
            NAME + "_sum",
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private static final MethodHandle SCATTER = NativeProduct.find(
            NAME,
            NAME + "_scatter",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG));

    private GateRows() {}

    /** Whether the functions below are to be used. */
    static boolean suit(RnnWorkspace work) {
        return START != null && work.sequences >= FEWEST && !work.shape.cell().normalises();
    }

    /**
     * What some slot rows of a layer start from in some steps: biases, and of the table the numbers of each sequence's
     * token.
     */
    static void start(RnnWorkspace work, int layer, int from, int to, int step, int steps) {
        int apart = work.shape.cell().splitsLastGate() ? work.gateRows - work.units : work.gateRows;
        for (int row = from, end; row < to; row = end) {
            end = Math.min(to, row < apart ? apart : row < work.gateRows ? work.gateRows : to);
            start(work, layer, row, end, step, steps, row < apart);
        }
    }

    /** Of rows that are alike: both biases where {@code both}, else only that of a split gate's own slot. */
    private static void start(RnnWorkspace work, int layer, int from, int to, int step, int steps, boolean both) {
        LayerTensors at = work.tensors[layer];
        boolean own = from >= work.gateRows;
        RnnInput.Table in = layer == 0 && !own && work.input instanceof RnnInput.Table given ? given : null;
        try {
            START.invokeExact(
                    to - from,
                    work.sequences,
                    steps,
                    in != null || own ? 0L : work.parameters.address(at.inputBias() + from),
                    both
                            ? work.parameters.address(at.recurrentBias() + from)
                            : own ? work.parameters.address(at.recurrentBias() + from - work.units) : 0L,
                    in == null ? 0L : ((CpuBuffer) in.table()).address(from),
                    (long) work.gateRows,
                    in == null ? 0L : tokens(work, in, step),
                    rows(work, layer, step, from),
                    work.gatesAt(1));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /**
     * Adds the sums of some slot rows over all steps to the gradient of a tensor, and to that of another.
     *
     * @param gradient its first element in the gradients
     * @param second the same of the other tensor, or -1 for none
     */
    static void addSums(RnnWorkspace work, int layer, int row, int rows, long gradient, long second) {
        try {
            SUM.invokeExact(
                    rows,
                    work.sequences,
                    work.steps,
                    rows(work, layer, 0, row),
                    work.gatesAt(1),
                    work.gradients.address(gradient),
                    second < 0 ? 0L : work.gradients.address(second));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /**
     * Adds some gate rows of the first layer over all steps to the table's gradient, each number to its token's row.
     */
    static void addToTable(Worker worker, RnnWorkspace work, RnnInput.Table in, int row, int rows) {
        int vocabulary = work.spec.tableSize();
        try {
            SCATTER.invokeExact(
                    rows,
                    work.sequences,
                    work.steps,
                    rows(work, 0, 0, row),
                    work.gatesAt(1),
                    tokens(work, in, 0),
                    vocabulary,
                    ((CpuBuffer) in.dTable()).address(row),
                    (long) work.gateRows,
                    worker.scratch((long) vocabulary * WIDTH * CpuBuffer.ELEMENT_BYTES));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static long rows(RnnWorkspace work, int layer, int step, int row) {
        return work.gates[layer].address(work.gatesAt(step) + (long) row * work.sequences);
    }

    private static long tokens(RnnWorkspace work, RnnInput.Table in, int step) {
        return ((CpuBuffer) in.tokens()).address((long) step * work.sequences);
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("native/gate_rows failed", e);
    }
}
