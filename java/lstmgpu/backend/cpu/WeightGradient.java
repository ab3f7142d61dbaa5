package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** A weight matrix's gradient over all steps, {@code native/weight_gradient.cpp}. */
final class WeightGradient {
    /** Columns of a panel. */
    static final int PANEL = 16;

    private static final MethodHandle HANDLE = NativeProduct.find(
            "weight_gradient",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG));

    private WeightGradient() {}

    /** Whether {@link #add} is to be used for a matrix with {@code columns} columns. */
    static boolean suits(int columns, int sequences) {
        return HANDLE != null && sequences > 1 && columns % PANEL == 0;
    }

    /**
     * C [m,n] += Σ over the steps of A_t [m,sequences]·B_t [sequences,n]; addresses of float32, strides in elements.
     *
     * @param panels B as [steps, n/16, sequences, 16]
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
            throw new IllegalStateException("native/weight_gradient failed", e);
        }
    }
}
