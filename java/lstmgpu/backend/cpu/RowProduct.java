package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The functions of {@code native/row_product.cpp}; W lies in tiles as {@link RoundedRows} has them. */
final class RowProduct {
    /** Rows of a tile. */
    static final int TILE = 16;

    /** Most columns of W in bytes. */
    static final int MOST_COLUMNS = 8192;

    private static final MethodHandle FACTOR_BYTES =
            function("row_product_factor_bytes", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle FACTOR =
            function("row_product_factor", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle BYTES = function(
            "row_product_bytes",
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TEXTS_BYTES =
            function("row_product_texts_bytes", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle TEXTS_FACTOR =
            function("row_product_texts_factor", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TILES = function(
            "row_product_texts_tiles",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ONE_BY_ONE = function(
            "row_product_texts_one_by_one",
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle HALVES = function(
            "row_product_halves",
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private RowProduct() {}

    private static MethodHandle function(String name, FunctionDescriptor form) {
        return NativeProduct.function(RowUnit.library(), name, form);
    }

    /** What {@link #factor} writes. */
    static long factorBytes() {
        try {
            return (long) FACTOR_BYTES.invokeExact();
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Makes of x [k] what {@link #bytes} multiplies; {@code factor} lies at a multiple of 64 bytes. */
    static void factor(RowUnit unit, int k, long x, long factor) {
        try {
            FACTOR.invokeExact(unit.number(), k, x, factor);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** y [rows] += W·x of W in bytes. */
    static void bytes(RowUnit unit, int rows, int k, long weights, long scales, long factor, long y) {
        try {
            BYTES.invokeExact(unit.number(), rows, k, weights, scales, factor, y);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** y [rows] += W·x of W in bfloat16. */
    static void halves(RowUnit unit, int rows, int k, long weights, long x, long y) {
        try {
            HALVES.invokeExact(unit.number(), rows, k, weights, x, y);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** What {@link #textsFactor} writes. */
    static long textsBytes(int texts, int k) {
        try {
            return (long) TEXTS_BYTES.invokeExact(texts, k);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Makes of x [k,texts] what {@link #tiles} multiplies; {@code factor} lies at a multiple of 64 bytes. */
    static void textsFactor(int texts, int k, long x, long factor) {
        try {
            TEXTS_FACTOR.invokeExact(texts, k, x, factor);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** y += W·x of W in bytes, in lines of 64, beside several texts; strides as {@link TextRows#add} has them. */
    static void tiles(
            int rows, int texts, int k, long weights, long scales, long factor, long y, int rowStride, int textStride) {
        try {
            TILES.invokeExact(rows, texts, k, weights, scales, factor, y, (long) rowStride, (long) textStride);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /**
     * y += W·x beside several texts, x [k,texts], of W in bytes or in bfloat16, each text with what multiplies for one.
     *
     * @param worker has the memory that it takes
     */
    static void oneByOne(
            RowUnit unit,
            boolean bytes,
            int rows,
            int texts,
            int k,
            long weights,
            long scales,
            long x,
            long y,
            int rowStride,
            int textStride,
            Worker worker) {
        long one = worker.scratch(factorBytes() + (long) k * Float.BYTES);
        try {
            ONE_BY_ONE.invokeExact(
                    unit.number(),
                    bytes ? 1 : 0,
                    rows,
                    texts,
                    k,
                    weights,
                    scales,
                    x,
                    y,
                    (long) rowStride,
                    (long) textStride,
                    one + factorBytes(),
                    one);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("native/row_product failed", e);
    }
}
