package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers of rows and of sequences that there are not: backends that can look at their memory refuse them. */
class RowNumbersTest {
    private static final int[] STARTS = {1, 5};
    private static final int[] LENGTHS = {4, 2};
    private static final int[] ORDER = {1, 0, 0, 1};

    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "CPU_ONE_THREAD"})
    void numbersOutsideAreRefused(TestBackends kind) {
        try (Backend backend = kind.open()) {
            assertArrayEquals(new int[] {1, 5, 2, 6, 3, 0}, rows(backend, STARTS, LENGTHS, ORDER, 1));
            refused("order", () -> rows(backend, STARTS, LENGTHS, ORDER, 2));
            refused("2", () -> rows(backend, STARTS, LENGTHS, new int[] {1, 2}, 0));
            refused("-1", () -> rows(backend, STARTS, LENGTHS, new int[] {-1, 0}, 0));
            refused("-3", () -> rows(backend, new int[] {1, -3}, LENGTHS, ORDER, 0));
            refused("0", () -> rows(backend, STARTS, new int[] {4, 0}, ORDER, 0));
            refused(
                    "2147483646",
                    () -> rows(backend, new int[] {1, Integer.MAX_VALUE - 1}, new int[] {4, 3}, ORDER, 0));
            assertArrayEquals(new int[] {30, 10}, taken(backend, 2, 0));
            refused("3", () -> taken(backend, 0, 3));
            refused("-1", () -> taken(backend, -1));
        }
    }

    /** What the refusal names. */
    private static void refused(String word, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(word), message);
    }

    /** Three steps of two sequences. */
    private static int[] rows(Backend backend, int[] starts, int[] lengths, int[] order, int epochStep) {
        try (StepClock clock = new StepClock(backend);
                DeviceBuffer rows = backend.alloc(ElementType.INT32, 6)) {
            clock.set(0, epochStep, 0);
            RowsSpec spec = new RowsSpec(3, 2, BatchShare.whole(2));
            DeviceBuffer two = backend.alloc(ElementType.INT32, 2);
            backend.texts()
                    .gatherRows(
                            integers(backend, starts),
                            integers(backend, lengths),
                            integers(backend, order),
                            spec,
                            clock,
                            rows,
                            two,
                            two);
            int[] written = new int[6];
            backend.download(rows, written);
            return written;
        }
    }

    private static int[] taken(Backend backend, int... rows) {
        DeviceBuffer out = backend.alloc(ElementType.INT32, rows.length);
        backend.texts().take(integers(backend, 10, 20, 30), integers(backend, rows), out);
        int[] written = new int[rows.length];
        backend.download(out, written);
        return written;
    }

    private static DeviceBuffer integers(Backend backend, int... values) {
        DeviceBuffer buffer = backend.alloc(ElementType.INT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }
}
