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
     * Rows of A and those of C that they become; addresses of float32, distances in elements. It is filled anew for
     * every product, since a step makes no garbage.
     */
    static final class Rows {
        private int groups;
        private int rows;
        private long first;
        private int stride;
        private long between;
        private long result;
        private int resultStride;
        private long resultBetween;

        /** One stretch. */
        Rows of(int count, long from, int fromStride, long to, int toStride) {
            return of(1, count, from, fromStride, 0, to, toStride, 0);
        }

        /**
         * Several stretches.
         *
         * @param stretches so many
         * @param count rows of each
         * @param fromBetween from a stretch of A to the next
         * @param toBetween the same in C
         */
        Rows of(
                int stretches,
                int count,
                long from,
                int fromStride,
                long fromBetween,
                long to,
                int toStride,
                long toBetween) {
            groups = stretches;
            rows = count;
            first = from;
            stride = fromStride;
            between = fromBetween;
            result = to;
            resultStride = toStride;
            resultBetween = toBetween;
            return this;
        }

        int groups() {
            return groups;
        }

        int rows() {
            return rows;
        }

        int stride() {
            return stride;
        }

        int resultStride() {
            return resultStride;
        }

        /** Where a stretch of A begins. */
        long first(int group) {
            return first + group * between * CpuBuffer.ELEMENT_BYTES;
        }

        /** Where a stretch of C begins. */
        long result(int group) {
            return result + group * resultBetween * CpuBuffer.ELEMENT_BYTES;
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
