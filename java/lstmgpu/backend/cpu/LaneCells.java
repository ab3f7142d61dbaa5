package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import lstmgpu.backend.RnnInput;

/**
 * What the gates of a step of many texts that are being written start from, {@code native/lane_cells.h}: the same bits
 * as the loops over tiles, without copies to tiles and back.
 */
final class LaneCells {
    /** So many texts fill a vector; for fewer, calls and what is idle in them cost as much as the copies. */
    private static final int FEWEST = 16;

    private static final MethodHandle START = NativeProduct.find(
            "lane_product",
            "lane_start",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private LaneCells() {}

    /** Whether this is a step for which the functions below are to be used. */
    static boolean suit(RnnWorkspace work) {
        return START != null
                && work.writesTexts()
                && work.sequences >= FEWEST
                && !work.shape.cell().normalises();
    }

    /** What some slot rows of a layer start from: biases, and of the table the numbers of each text's token. */
    static void start(RnnWorkspace work, int layer, int from, int to) {
        int apart = work.shape.cell().splitsLastGate() ? work.gateRows - work.units : work.gateRows;
        for (int row = from, end; row < to; row = end) {
            end = Math.min(to, row < apart ? apart : row < work.gateRows ? work.gateRows : to);
            start(work, layer, row, end, row < apart);
        }
    }

    /** Of rows that are alike: both biases where {@code both}, else only that of a split gate's own slot. */
    private static void start(RnnWorkspace work, int layer, int from, int to, boolean both) {
        RnnWorkspace.Tensors at = work.tensors[layer];
        boolean own = from >= work.gateRows;
        RnnInput.Table in = layer == 0 && !own && work.input instanceof RnnInput.Table given ? given : null;
        try {
            START.invokeExact(
                    to - from,
                    work.sequences,
                    in != null || own ? 0L : work.parameters.address(at.inputBias() + from),
                    both
                            ? work.parameters.address(at.recurrentBias() + from)
                            : own ? work.parameters.address(at.recurrentBias() + from - work.units) : 0L,
                    in == null ? 0L : ((CpuBuffer) in.table()).address(from),
                    (long) work.gateRows,
                    in == null ? 0L : ((CpuBuffer) in.tokens()).address(0),
                    work.gates[layer].address((long) from * work.sequences));
        } catch (Throwable e) {
            throw new IllegalStateException("native/lane_product failed", e);
        }
    }
}
