package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * A step of the cells of a layer in native code, {@code native/cell_math.cpp}: the same bits as {@link CellTiles} gives
 * by {@link CellMath}, without copies to tiles and back. For n neighbouring pairs of unit and sequence, of which the
 * first is element {@code at} of a block [H,B].
 */
final class NativeCellMath {
    private static final MethodHandle LSTM_FORWARD = find(
            "cell_math_lstm",
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final MethodHandle LSTM_BACK = find(
            "cell_math_lstm_back",
            FunctionDescriptor.ofVoid(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final MethodHandle GRU_FORWARD = find(
            "cell_math_gru",
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final MethodHandle GRU_BACK = find(
            "cell_math_gru_back",
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private NativeCellMath() {}

    private static MethodHandle find(String function, FunctionDescriptor form) {
        return NativeProduct.find("cell_math", function, form);
    }

    /** Whether this processor and this build have it. */
    static boolean runsHere() {
        return LSTM_FORWARD != null;
    }

    static void lstm(RnnWorkspace work, int layer, int step, long at, long n) {
        long before = step * work.unitBlock() + at;
        long after = before + work.unitBlock();
        try {
            LSTM_FORWARD.invokeExact(
                    n,
                    gates(work, layer, step, at),
                    work.unitBlock(),
                    work.cell[layer].address(before),
                    work.cell[layer].address(after),
                    work.cellOutput(layer).address(work.cellOutputAt(step) + at),
                    work.spec.training() ? 1 : 0);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    static void lstmBack(RnnWorkspace work, int layer, int step, long at, long n) {
        long before = step * work.unitBlock() + at;
        try {
            LSTM_BACK.invokeExact(
                    n,
                    gates(work, layer, step, at),
                    work.unitBlock(),
                    work.cell[layer].address(before),
                    work.madeCell(layer).address(before + work.unitBlock()),
                    work.cellSlopes().address(work.cellSlopesAt(step) + at),
                    work.carry.address(at),
                    last(work, step));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    static void gru(RnnWorkspace work, int layer, int step, long at, long n) {
        long before = step * work.unitBlock() + at;
        try {
            GRU_FORWARD.invokeExact(
                    n,
                    gates(work, layer, step, at),
                    work.unitBlock(),
                    work.hidden[layer].address(before),
                    work.hidden[layer].address(before + work.unitBlock()),
                    work.spec.training() ? 1 : 0);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    static void gruBack(RnnWorkspace work, int layer, int step, long at, long n) {
        long before = step * work.unitBlock() + at;
        try {
            GRU_BACK.invokeExact(
                    n,
                    gates(work, layer, step, at),
                    work.unitBlock(),
                    work.hidden[layer].address(before),
                    work.dHidden.address(before),
                    work.carry.address(at),
                    last(work, step));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static long gates(RnnWorkspace work, int layer, int step, long at) {
        return work.gates[layer].address(work.gatesAt(step) + at);
    }

    private static int last(RnnWorkspace work, int step) {
        return step == work.steps - 1 ? 1 : 0;
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("native/cell_math failed", e);
    }
}
