package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import lstmgpu.backend.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every number goes to its place, in Java and in native code, and nothing beside it is touched. */
class TranspositionTest {
    private static final int BEFORE = 3;
    private static final float UNTOUCHED = -1;
    private static final int[] SIDES = {1, 2, 15, 16, 17, 33, 64};

    @ParameterizedTest
    @CsvSource({"true, 1", "true, 2", "true, 3", "false, 1", "false, 2", "false, 3"})
    void everyNumberGoesToItsPlace(boolean mayBeNative, int threads) {
        try (CpuBackend backend = new CpuBackend(threads);
                WorkerPool pool = new WorkerPool(threads)) {
            for (int count : new int[] {1, 2, 5}) {
                for (int rows : SIDES) {
                    for (int columns : SIDES) {
                        check(backend, pool, new Transposition(mayBeNative), count, rows, columns);
                    }
                }
            }
        }
    }

    private static void check(
            CpuBackend backend, WorkerPool pool, Transposition transposition, int count, int rows, int columns) {
        int size = count * rows * columns;
        try (CpuBuffer from = (CpuBuffer) backend.alloc(ElementType.FLOAT32, BEFORE + size);
                CpuBuffer to = (CpuBuffer) backend.alloc(ElementType.FLOAT32, size + BEFORE)) {
            for (int i = 0; i < BEFORE + size; i++) {
                from.setFloat(i, i);
                to.setFloat(i, UNTOUCHED);
            }
            pool.run(transposition.of(from, BEFORE, to, count, rows, columns));
            for (int i = 0; i < size; i++) {
                int matrix = i / (rows * columns);
                int row = i / columns % rows;
                int column = i % columns;
                float found = to.getFloat((long) matrix * rows * columns + (long) column * rows + row);
                assertEquals(BEFORE + i, found, "of %d, [%d,%d]".formatted(count, rows, columns));
            }
            for (int i = 0; i < BEFORE; i++) {
                assertEquals(UNTOUCHED, to.getFloat(size + i), "behind the last");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatLiesOutsideIsRefused(int offset) {
        try (CpuBackend backend = new CpuBackend(1);
                CpuBuffer six = (CpuBuffer) backend.alloc(ElementType.FLOAT32, 6);
                CpuBuffer five = (CpuBuffer) backend.alloc(ElementType.FLOAT32, 5)) {
            Transposition transposition = new Transposition();
            CpuBuffer target = offset == 0 ? five : six;
            assertThrows(IndexOutOfBoundsException.class, () -> transposition.of(six, offset, target, 1, 2, 3));
        }
    }
}
