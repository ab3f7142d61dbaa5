package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/**
 * Transposes a batch of matrices, to[b] = from[b]ᵀ, with {@code native/transposition.cpp} where the processor has
 * AVX-512; a worker does some of the matrices or, of a single one, some of the rows.
 */
final class Transposition implements WorkerPool.Task {
    private static final int ROWS = 16;
    private static final String NAME = "transposition";

    private static final MethodHandle NATIVE = NativeProduct.find(
            NAME, FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    private final boolean isNative;
    private CpuBuffer from;
    private long fromOffset;
    private CpuBuffer to;
    private int count;
    private int rows;
    private int columns;

    Transposition() {
        this(true);
    }

    /** @param mayBeNative false for Java alone, as where there is no AVX-512 */
    Transposition(boolean mayBeNative) {
        isNative = mayBeNative && NATIVE != null;
    }

    /** {@code count} matrices [rows,columns] from {@code offset}, to [columns,rows] each. */
    Transposition of(CpuBuffer source, long offset, CpuBuffer target, int matrices, int sourceRows, int sourceColumns) {
        long numbers = (long) matrices * sourceRows * sourceColumns;
        Objects.checkFromIndexSize(offset, numbers, source.length());
        Objects.checkFromIndexSize(0, numbers, target.length());
        from = source;
        fromOffset = offset;
        to = target;
        count = matrices;
        rows = sourceRows;
        columns = sourceColumns;
        return this;
    }

    @Override
    public void run(Worker worker) {
        if (count == 1) {
            rows(worker);
        } else {
            matrices(worker);
        }
    }

    private void matrices(Worker worker) {
        int size = Math.multiplyExact(rows, columns);
        int first = worker.from(count, 1);
        int end = worker.to(count, 1);
        if (isNative) {
            call(end - first, rows, (long) first * size, (long) first * size);
            return;
        }
        float[] source = worker.tile(8, size);
        float[] target = worker.tile(9, size);
        for (int matrix = first; matrix < end; matrix++) {
            from.read(fromOffset + (long) matrix * size, source, 0, size);
            VectorMath.transpose(source, target, rows, columns);
            to.write(target, 0, (long) matrix * size, size);
        }
    }

    private void rows(Worker worker) {
        int first = worker.from(rows, ROWS);
        int end = worker.to(rows, ROWS);
        if (isNative) {
            call(1, end - first, (long) first * columns, first);
            return;
        }
        float[] source = worker.tile(8, ROWS * columns);
        float[] target = worker.tile(9, ROWS * columns);
        for (int row = first; row < end; row += ROWS) {
            int some = Math.min(ROWS, end - row);
            from.read(fromOffset + (long) row * columns, source, 0, some * columns);
            VectorMath.transpose(source, target, some, columns);
            for (int column = 0; column < columns; column++) {
                to.write(target, column * some, (long) column * rows + row, some);
            }
        }
    }

    /**
     * Some matrices, or some rows of one.
     *
     * @param source where they begin, behind the offset
     * @param target where their first number goes
     */
    private void call(int matrices, int someRows, long source, long target) {
        if (matrices <= 0 || someRows <= 0) {
            return;
        }
        try {
            NATIVE.invokeExact(
                    matrices, someRows, columns, from.address(fromOffset + source), to.address(target), (long) rows);
        } catch (Throwable e) {
            throw new IllegalStateException("native/transposition failed", e);
        }
    }
}
