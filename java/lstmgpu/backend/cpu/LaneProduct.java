package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Products of texts that are written one token at a time, {@code native/lane_product.cpp}: a sequence's sums are the
 * same bit for bit however many are beside it. For one thread.
 */
final class LaneProduct {
    /** Columns that are laid out anew at a time. */
    private static final int COLUMNS = 32;

    private static final long ALIGNMENT = 64;

    private static final MethodHandle HANDLE = NativeProduct.find(
            "lane_product",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private MemorySegment scratch = MemorySegment.NULL;

    /** Whether this processor and this build have it. */
    static boolean isThere() {
        return HANDLE != null;
    }

    /**
     * Rows of A and those of C that they become; addresses of float32, distances in elements.
     *
     * @param groups so many stretches of rows
     * @param rows of each
     * @param between from a stretch of A to the next
     * @param resultBetween the same in C
     */
    record Rows(
            int groups,
            int rows,
            long first,
            int stride,
            long between,
            long result,
            int resultStride,
            long resultBetween) {
        /** One stretch. */
        static Rows of(int rows, long first, int stride, long result, int resultStride) {
            return new Rows(1, rows, first, stride, 0, result, resultStride, 0);
        }
    }

    /**
     * C [m,n] = A [m,k]·B [k,n], or C += A·B.
     *
     * @param byRows whether B lies as [n,k]
     */
    void multiply(Rows rows, int n, int k, long second, int secondStride, boolean byRows, boolean add) {
        try {
            HANDLE.invokeExact(
                    rows.groups,
                    rows.rows,
                    n,
                    k,
                    rows.first,
                    (long) rows.stride,
                    rows.between,
                    second,
                    (long) secondStride,
                    byRows ? 1 : 0,
                    add ? 1 : 0,
                    rows.result,
                    (long) rows.resultStride,
                    rows.resultBetween,
                    n == 1 ? 0L : scratch(k));
        } catch (Throwable e) {
            throw new IllegalStateException("native/lane_product failed", e);
        }
    }

    /** Grows once and is kept, as a worker's tiles are. */
    private long scratch(int k) {
        long bytes = (long) COLUMNS * k * Float.BYTES;
        if (scratch.byteSize() < bytes) {
            scratch = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        }
        return scratch.address();
    }
}
