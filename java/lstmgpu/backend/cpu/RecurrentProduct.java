package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The products of the recurrent loop, {@code native/recurrent_product.cpp}. */
final class RecurrentProduct {
    /** Beyond so many columns B no longer stays in the cache as it lies, and a library's packing pays. */
    private static final int MOST_COLUMNS = 256;

    /** Below a vector's half most of it would be idle. */
    private static final int FEWEST_COLUMNS = 8;

    private static final MethodHandle HANDLE = NativeProduct.find(
            "recurrent_product",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG,
                    JAVA_LONG));

    private RecurrentProduct() {}

    /** Whether {@link #multiply} is to be used for C with {@code columns} columns. */
    static boolean suits(int columns) {
        return HANDLE != null && columns >= FEWEST_COLUMNS && columns <= MOST_COLUMNS;
    }

    /** C [m,n] = A [m,k]·B [k,n], or C += A·B; addresses of float32 and strides of rows in elements. */
    static void multiply(
            int m,
            int n,
            int k,
            long first,
            int firstStride,
            long second,
            int secondStride,
            boolean add,
            long result,
            int resultStride) {
        try {
            HANDLE.invokeExact(
                    m, n, k, first, (long) firstStride, second, (long) secondStride, add ? 1 : 0, result, (long)
                            resultStride);
        } catch (Throwable e) {
            throw new IllegalStateException("native/recurrent_product failed", e);
        }
    }
}
