package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/**
 * A row of logits in native code, {@code native/softmax_cross_entropy.cpp}: the same bits as the loops over tiles of
 * {@link SoftmaxCrossEntropy} give, without copies to them and back.
 */
final class NativeSoftmax {
    private static final MethodHandle HANDLE = NativeProduct.find(
            "softmax_cross_entropy",
            FunctionDescriptor.of(
                    JAVA_DOUBLE,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_INT,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG));

    private NativeSoftmax() {}

    /** Whether this processor and this build have it. */
    static boolean runsHere() {
        return HANDLE != null;
    }

    /**
     * Σ e^(x − the largest) over a row of logits.
     *
     * @param logits address of the row, {@code vocabulary} of float32
     * @param most address that the largest is written to, float32
     * @param best address that its place is written to, int32; 0 for none
     * @param gradient address that the gradient of the row is written to; 0 for none; may be that of the logits
     */
    static double row(
            int vocabulary,
            long logits,
            int target,
            float scale,
            float smoothing,
            long most,
            long best,
            long gradient) {
        try {
            return (double)
                    HANDLE.invokeExact((long) vocabulary, logits, target, scale, smoothing, most, best, gradient);
        } catch (Throwable e) {
            throw new IllegalStateException("native/softmax_cross_entropy failed", e);
        }
    }
}
