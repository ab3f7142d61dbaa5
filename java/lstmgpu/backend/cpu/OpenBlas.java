package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of OpenBLAS that products need, each on the calling thread. Matrices are addresses of float32,
 * row-major.
 */
final class OpenBlas {
    static final int NOT_TRANSPOSED = 111;
    static final int TRANSPOSED = 112;
    private static final int ROW_MAJOR = 101;
    private static final long NAME_BYTES = 256;

    private static final SymbolLookup SYMBOLS = SymbolLookup.libraryLookup(OpenBlasFiles.load(), Arena.global());

    private static final MethodHandle GEMM = function(
            "cblas_sgemm",
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_INT);

    private static final MethodHandle GEMV = function(
            "cblas_sgemv",
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_FLOAT,
            JAVA_LONG,
            JAVA_INT);

    static {
        try {
            function("openblas_set_num_threads", JAVA_INT).invokeExact(1);
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }

    private OpenBlas() {}

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(SYMBOLS.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
    }

    private static IllegalStateException broken(Throwable failure) {
        return new IllegalStateException("OpenBLAS failed", failure);
    }

    /**
     * The kind of processor whose kernels it takes; another kind adds in another order, so results differ in their last
     * bits.
     */
    static String processor() {
        MethodHandle name = Linker.nativeLinker()
                .downcallHandle(
                        SYMBOLS.findOrThrow("openblas_get_corename"), FunctionDescriptor.of(ValueLayout.ADDRESS));
        try {
            return ((MemorySegment) name.invokeExact()).reinterpret(NAME_BYTES).getString(0);
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }

    /** C [m,n] = A·B + beta·C with inner length k; the leading dimensions are those of the matrices as stored. */
    static void multiply(
            int first,
            int second,
            int m,
            int n,
            int k,
            long a,
            int aStride,
            long b,
            int bStride,
            float beta,
            long c,
            int cStride) {
        try {
            GEMM.invokeExact(ROW_MAJOR, first, second, m, n, k, 1f, a, aStride, b, bStride, beta, c, cStride);
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }

    /** y [m] = A [m,k]·x [k] + beta·y. */
    static void multiply(int m, int k, long a, int stride, long x, float beta, long y) {
        try {
            GEMV.invokeExact(ROW_MAJOR, NOT_TRANSPOSED, m, k, 1f, a, stride, x, 1, beta, y, 1);
        } catch (Throwable failure) {
            throw broken(failure);
        }
    }
}
