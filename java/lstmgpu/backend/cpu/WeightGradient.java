package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** A weight matrix's gradient over all steps, {@code native/weight_gradient.cpp}. */
final class WeightGradient {
    /** Columns of a panel. */
    static final int PANEL = 16;

    /** Below half a panel most of it would be idle. */
    private static final int FEWEST_COLUMNS = 8;

    private static final String NAME = "weight_gradient";

    private static final MethodHandle HANDLE = NativeProduct.find(
            NAME,
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG));

    private static final MethodHandle PANELS = NativeProduct.find(
            NAME,
            NAME + "_panels",
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private WeightGradient() {}

    /** Whether {@link #add} is to be used for a matrix with {@code columns} columns. */
    static boolean suits(int columns, int sequences) {
        return HANDLE != null && sequences > 1 && columns >= FEWEST_COLUMNS;
    }

    /** Panels of a matrix with {@code columns} columns, the last one perhaps not full. */
    static int panels(int columns) {
        return (columns + PANEL - 1) / PANEL;
    }

    /**
     * Fills some of the panels that {@link #add} reads.
     *
     * @param from the first, counted over all steps
     * @param to behind the last
     * @param source B as [steps, n, sequences]
     * @param target the panels of all steps
     */
    static void fill(int from, int to, int n, int sequences, long source, long target) {
        try {
            PANELS.invokeExact(from, to, n, sequences, source, target);
        } catch (Throwable e) {
            throw new IllegalStateException("native/" + NAME + " failed", e);
        }
    }

    /**
     * C [m,n] += Σ over the steps of A_t [m,sequences]·B_t [sequences,n]; addresses of float32, strides in elements.
     *
     * @param panels B as [steps, {@link #panels}(n), sequences, 16], zero behind n
     */
    static void add(
            int m,
            int n,
            int steps,
            int sequences,
            long first,
            long firstStride,
            long firstStep,
            long panels,
            long result,
            long resultStride) {
        try {
            HANDLE.invokeExact(m, n, steps, sequences, first, firstStride, firstStep, panels, result, resultStride);
        } catch (Throwable e) {
            throw new IllegalStateException("native/" + NAME + " failed", e);
        }
    }
}
