package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * A factor of products, rounded to bfloat16 and laid out as {@code native/bfloat16_factor.cpp} says: A [m,k] in groups
 * of sixteen rows, or B [k,n] in groups of sixteen columns, and of either several blocks if need be. Its inner length,
 * k, is padded with zeros to a multiple of 32.
 *
 * <p>The shape may change from use to use, so that layers share memory.
 */
final class Bfloat16Factor {
    /** Which side of the product it is. */
    enum Side {
        LEFT,
        RIGHT
    }

    private static final String NAME = "bfloat16_factor";
    private static final int GROUP = 16;
    private static final int PADDING = 32;
    private static final int BYTES = 2;
    private static final int PER_ELEMENT = CpuBuffer.ELEMENT_BYTES / BYTES;

    private static final SymbolLookup LIBRARY = NativeProduct.library(NAME);
    private static final MethodHandle ROUND = NativeProduct.function(
            LIBRARY,
            NAME,
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ROUND_ROWS = NativeProduct.function(
            LIBRARY,
            NAME + "_rows",
            FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private final Side side;
    private CpuBuffer memory;
    private long start;
    private int inner;
    private long block;

    /** One that has yet to be placed. */
    Bfloat16Factor(Side side) {
        this.side = side;
    }

    /** @param memory at least {@link #length} of every shape it will have */
    Bfloat16Factor(Side side, CpuBuffer memory) {
        this.side = side;
        this.memory = memory;
    }

    /** Puts it behind the first {@code offset} elements of the memory. */
    Bfloat16Factor place(CpuBuffer where, long offset) {
        memory = where;
        start = offset;
        return this;
    }

    /** Elements of a {@link CpuBuffer} for so many blocks of {@code outer} rows or columns. */
    static long length(long blocks, int outer, int inner) {
        return Math.multiplyExact(blocks, Math.multiplyExact((long) padded(outer, GROUP), padded(inner)) / PER_ELEMENT);
    }

    /** The inner length with its padding. */
    static int padded(int inner) {
        return padded(inner, PADDING);
    }

    private static int padded(int length, int unit) {
        return Math.multiplyExact(Math.ceilDiv(length, unit), unit);
    }

    /** Gives every block {@code outer} rows or columns of the inner length. */
    Bfloat16Factor shape(int outer, int innerLength) {
        inner = padded(innerLength);
        block = (long) padded(outer, GROUP) * inner;
        return this;
    }

    /** k with its padding. */
    int inner() {
        return inner;
    }

    /** Elements from one group to the next. */
    long group() {
        return (long) GROUP * inner;
    }

    /** Elements from one block to the next. */
    long block() {
        return block;
    }

    /**
     * The address of an element.
     *
     * @param outer row or column, the first of a group
     * @param at place along the inner length
     */
    long address(int blockNumber, int outer, int at) {
        return memory.address(start) + BYTES * (blockNumber * block + (long) outer * inner + (long) at * GROUP);
    }

    /**
     * Rounds [rows,columns] along whose rows the inner length runs, from its beginning.
     *
     * @param outer the row or column that the first row becomes, the first of a group
     * @param source address of float32, rows {@code stride} elements apart
     */
    void roundRows(int blockNumber, int outer, int rows, int columns, long source, int stride) {
        round(rows, columns, source, stride, 0, address(blockNumber, outer, 0));
    }

    /**
     * Rounds [rows,columns] whose columns are the rows or columns of the factor.
     *
     * @param at where its rows begin along the inner length, a multiple of 32; what they lack to the next is zeroed
     */
    void roundColumns(int blockNumber, int outer, int at, int rows, int columns, long source, int stride) {
        round(rows, columns, source, stride, 1, address(blockNumber, outer, at));
    }

    private void round(int rows, int columns, long source, int stride, int across, long target) {
        try {
            int right = side == Side.RIGHT ? 1 : 0;
            ROUND.invokeExact(rows, columns, source, (long) stride, across, right, target, group());
        } catch (Throwable e) {
            throw new IllegalStateException("native/bfloat16_factor failed", e);
        }
    }

    /**
     * The same with all columns of a right factor, leaving the rows beside it as they are.
     *
     * @param at an even place
     */
    void roundSome(int blockNumber, int at, int rows, int columns, long source, int stride) {
        try {
            ROUND_ROWS.invokeExact(rows, columns, source, (long) stride, address(blockNumber, 0, at), group());
        } catch (Throwable e) {
            throw new IllegalStateException("native/bfloat16_factor failed", e);
        }
    }
}
