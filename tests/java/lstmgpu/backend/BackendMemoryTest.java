package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory, its views and the ends of its life, on every backend. */
class BackendMemoryTest {
    @ParameterizedTest
    @EnumSource
    void memoryIsZeroAndCounted(TestBackends kind) {
        try (Backend backend = kind.open()) {
            long before = backend.allocatedBytes();
            DeviceBuffer reals = backend.alloc(ElementType.FLOAT32, 257);
            DeviceBuffer integers = backend.alloc(ElementType.INT32, 33);
            assertEquals(257, reals.length());
            assertEquals(ElementType.INT32, integers.type());
            assertArrayEquals(new float[257], reals(backend, reals, 257));
            assertArrayEquals(new int[33], integers(backend, integers, 33));
            assertTrue(backend.allocatedBytes() - before >= (257 + 33) * 4);
            reals.close();
            integers.close();
            reals.close();
            assertEquals(before, backend.allocatedBytes());
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiesGoToTheFrontAndLeaveTheRest(TestBackends kind) {
        try (Backend backend = kind.open()) {
            DeviceBuffer target = backend.alloc(ElementType.FLOAT32, 4);
            backend.fill(target, 9);
            backend.upload(new float[] {1, 2}, target);
            assertArrayEquals(new float[] {1, 2, 9, 9}, reals(backend, target, 4));
            DeviceBuffer source = backend.alloc(ElementType.FLOAT32, 3);
            backend.fill(source, -0.5f);
            backend.copy(source, target);
            assertArrayEquals(new float[] {-0.5f, -0.5f, -0.5f, 9}, reals(backend, target, 4));
            DeviceBuffer counts = backend.alloc(ElementType.INT32, 3);
            DeviceBuffer more = backend.alloc(ElementType.INT32, 4);
            backend.upload(new int[] {1, 2, 3}, counts);
            backend.copy(counts, more);
            assertArrayEquals(new int[] {1, 2, 3, 0}, integers(backend, more, 4));
        }
    }

    @ParameterizedTest
    @EnumSource
    void slicesShareMemory(TestBackends kind) {
        try (Backend backend = kind.open()) {
            DeviceBuffer whole = backend.alloc(ElementType.FLOAT32, 6);
            DeviceBuffer middle = whole.slice(1, 4);
            DeviceBuffer inner = middle.slice(1, 2);
            backend.fill(inner, 5);
            middle.close();
            assertArrayEquals(new float[] {0, 0, 5, 5, 0, 0}, reals(backend, whole, 6));
            assertEquals(0, whole.slice(6, 0).length());
            assertOutside(whole, -1, 1);
            assertOutside(whole, 0, 7);
            assertOutside(whole, 6, 1);
            assertOutside(whole, 0, -1);
            assertOutside(whole, 1L << 62, 1);
            assertOutside(whole, 1, Long.MAX_VALUE);
            assertOutside(middle, 3, 2);
        }
    }

    private static void assertOutside(DeviceBuffer buffer, long offset, long length) {
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.slice(offset, length), offset + " " + length);
    }

    @ParameterizedTest
    @EnumSource
    void tooMuchMemoryIsAnAnswer(TestBackends kind) {
        try (Backend backend = kind.open()) {
            for (long length : new long[] {1L << 50, 1L << 61, Long.MAX_VALUE}) {
                LstmGpuException refusal =
                        assertThrows(LstmGpuException.class, () -> backend.alloc(ElementType.FLOAT32, length));
                assertEquals(ExitCode.MEMORY, refusal.exitCode());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsClosedIsRefused(TestBackends kind) {
        Backend backend = kind.open();
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, 64);
        DeviceBuffer slice = buffer.slice(0, 1);
        buffer.close();
        assertThrows(IllegalStateException.class, () -> backend.fill(buffer, 1));
        assertThrows(IllegalStateException.class, () -> backend.fill(slice, 1));
        assertThrows(IllegalStateException.class, () -> backend.download(slice, new float[1]));
        assertThrows(IllegalStateException.class, () -> backend.optimisation().sumOfSquares(buffer, buffer));
        RnnSpec spec = RnnSpec.forward(new RnnShape(Cell.GRU, 1, 1, 1), 1, 1, Precision.FP32);
        long length = backend.recurrence().rnnLayout(spec.shape()).length();
        DeviceBuffer weights = backend.alloc(ElementType.FLOAT32, length);
        RnnInput input = new RnnInput.Features(backend.alloc(ElementType.FLOAT32, 1), null);
        RnnPlan plan = backend.recurrence().newRnnPlan(spec, null);
        plan.forward(weights, input);
        plan.close();
        assertThrows(IllegalStateException.class, () -> plan.forward(weights, input));
        try (Arena arena = Arena.ofShared();
                StepClock clock = new StepClock(backend)) {
            MemorySegment text = arena.allocate(8);
            TokenCorpus corpus = backend.texts().corpus(text, 1);
            corpus.close();
            DeviceBuffer tokens = backend.alloc(ElementType.INT32, 1);
            BatchSpec batch = new BatchSpec(1, 1, 0, 1, 1, false, 0, 0);
            assertThrows(
                    IllegalStateException.class,
                    () -> backend.texts().gatherBatch(corpus, batch, clock, tokens, tokens));
            assertThrows(IllegalArgumentException.class, () -> backend.texts().corpus(text, 3));
        }
        backend.close();
        assertThrows(IllegalStateException.class, () -> backend.alloc(ElementType.FLOAT32, 1));
    }

    @ParameterizedTest
    @EnumSource(names = {"REFERENCE", "CPU_ONE_THREAD"})
    void anImplementationThatIsNotThereIsRefusedByName(TestBackends kind) {
        try (Backend backend = kind.open()) {
            for (RnnImplementation other : List.of(RnnImplementation.CUDNN, RnnImplementation.FUSED)) {
                RnnSpec spec = RnnSpec.forward(new RnnShape(Cell.LSTM, 1, 1, 1), 1, 1, Precision.FP32)
                        .by(other);
                LstmGpuException refusal = assertThrows(
                        LstmGpuException.class, () -> backend.recurrence().newRnnPlan(spec, null));
                assertEquals(ExitCode.USAGE, refusal.exitCode());
                assertTrue(refusal.getMessage().contains(other.name().toLowerCase(Locale.ROOT)), refusal.getMessage());
                assertTrue(refusal.getMessage().contains(backend.device().backend()), refusal.getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void statesStartAtZeroAndAreKept(TestBackends kind) {
        try (Backend backend = kind.open()) {
            RnnSpec spec = RnnSpec.forward(new RnnShape(Cell.LSTM, 2, 1, 3), 1, 2, Precision.FP32);
            try (RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
                assertArrayEquals(new float[12], plan.readState().hidden());
                assertArrayEquals(new float[12], plan.readState().cell());
                float[] hidden = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
                float[] cell = {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12};
                plan.writeState(new RnnState(hidden, cell));
                assertArrayEquals(hidden, plan.readState().hidden());
                assertArrayEquals(cell, plan.readState().cell());
                plan.resetState();
                assertArrayEquals(new float[12], plan.readState().cell());
                assertThrows(
                        IllegalStateException.class,
                        () -> plan.backward(backend.alloc(ElementType.FLOAT32, 1), null, null, null));
            }
            RnnSpec gru = RnnSpec.forward(new RnnShape(Cell.GRU, 1, 1, 3), 1, 2, Precision.FP32);
            try (RnnPlan plan = backend.recurrence().newRnnPlan(gru, null)) {
                assertEquals(0, plan.readState().cell().length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNormOfWhatIsNotFiniteIsNotFinite(TestBackends kind) {
        try (Backend backend = kind.open()) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int place : new int[] {0, 100, 256}) {
                    float[] values = new TestData(place).normal(257, 1);
                    values[place] = bad;
                    DeviceBuffer x = backend.alloc(ElementType.FLOAT32, 257);
                    DeviceBuffer norm = backend.alloc(ElementType.FLOAT32, 1);
                    backend.upload(values, x);
                    backend.optimisation().sumOfSquares(x, norm);
                    assertFalse(Float.isFinite(reals(backend, norm, 1)[0]), bad + " at " + place);
                }
            }
        }
    }

    private static float[] reals(Backend backend, DeviceBuffer buffer, int length) {
        float[] values = new float[length];
        backend.download(buffer, values);
        return values;
    }

    private static int[] integers(Backend backend, DeviceBuffer buffer, int length) {
        int[] values = new int[length];
        backend.download(buffer, values);
        return values;
    }
}
