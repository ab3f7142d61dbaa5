package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The memory of a bidirectional plan, and what it refuses. Conformance says what it computes. */
class BidirectionalPlanTest {
    private static final RnnShape SHAPE = new RnnShape(Cell.GRU, 3, 5, 4, true);
    private static final RnnSpec TRAINING =
            RnnSpec.training(SHAPE, 6, 3, Precision.FP32).withLengths(true);

    @Test
    void whatFailsHalfWayLeavesNoMemoryBehind() {
        try (CpuBackend backend = new CpuBackend(1)) {
            int[] left = {0};
            Backend failing = WatchedBackend.of(backend, (method, _) -> {
                if ((method.equals("alloc") || method.equals("newRnnPlan")) && left[0]-- == 0) {
                    throw new LstmGpuException(ExitCode.MEMORY, "no memory", null);
                }
            });
            for (int allowed = 0; ; allowed++) {
                left[0] = allowed;
                try {
                    new BidirectionalPlan(failing, TRAINING, null).close();
                    assertEquals(0, backend.allocatedBytes());
                    // Two plans and two buffers a layer, and four buffers that layers share.
                    assertEquals(16, allowed);
                    return;
                } catch (LstmGpuException refused) {
                    assertEquals(0, backend.allocatedBytes(), "after " + allowed);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"cpu,false", "cpu,true", "opencl,true", "cuda,true"})
    void theTwinCountsWhatAPlanHolds(String name, boolean training) {
        RnnShape shape = new RnnShape(Cell.LSTM, 3, 64, 128, true);
        RnnSpec spec = training
                ? RnnSpec.training(shape, 50, 64, Precision.FP32)
                : RnnSpec.forward(shape, 50, 64, Precision.FP32);
        try (Backend backend = open(name);
                Backend twin = backend.counting();
                RnnPlan counted = twin.recurrence().newRnnPlan(spec, null);
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
            assertEquals(counted.spec(), plan.spec());
            double ratio = (double) twin.allocatedBytes() / backend.allocatedBytes();
            assertTrue(ratio > 0.95 && ratio < 1.05, "counted " + ratio + " of what there is");
        }
    }

    private static Backend open(String name) {
        return switch (name) {
            case "cpu" -> new CpuBackend(1);
            case "opencl" -> OpenClTestBackend.open();
            default -> CudaTestBackend.open();
        };
    }

    @Test
    void aStepTakesNoMoreSlicesThanTheFirst() {
        try (CpuBackend backend = new CpuBackend(1);
                RnnPlan plan = backend.recurrence().newRnnPlan(TRAINING, null)) {
            long length = backend.recurrence().rnnLayout(SHAPE).length();
            DeviceBuffer parameters = backend.alloc(ElementType.FLOAT32, length);
            DeviceBuffer gradients = backend.alloc(ElementType.FLOAT32, length);
            DeviceBuffer dOutput = backend.alloc(ElementType.FLOAT32, (long) TRAINING.tokens() * SHAPE.outputSize());
            RnnInput input = new RnnInput.Features(
                    backend.alloc(ElementType.FLOAT32, (long) TRAINING.tokens() * SHAPE.inputSize()), null);
            Set<DeviceBuffer> outputs = new HashSet<>();
            for (int step = 0; step < 3; step++) {
                outputs.add(plan.forward(parameters, input));
                plan.backward(parameters, input, dOutput, gradients);
            }
            assertEquals(1, outputs.size());
            assertEquals(dOutput.length(), outputs.iterator().next().length());
        }
    }

    @Test
    void refusesWhatItDoesNotRead() {
        try (CpuBackend backend = new CpuBackend(1)) {
            assertThrows(IllegalArgumentException.class, () -> TRAINING.withTable(7));
            assertFalse(backend.recurrence().prefersTable(TRAINING, 1, 1 << 20));
            RnnPlan plan = backend.recurrence().newRnnPlan(RnnSpec.forward(SHAPE, 6, 3, Precision.FP32), null);
            DeviceBuffer floats = backend.alloc(ElementType.FLOAT32, 10_000);
            DeviceBuffer lengths = backend.alloc(ElementType.INT32, 3);
            for (RnnInput input :
                    List.of(new RnnInput.Features(floats, null, lengths), new RnnInput.Table(floats, lengths, null))) {
                assertThrows(IllegalArgumentException.class, () -> plan.forward(floats, input));
            }
            RnnInput input = new RnnInput.Features(floats, null);
            assertThrows(IllegalStateException.class, () -> plan.backward(floats, input, floats, floats));
            RnnState small = new RnnState(new float[1], new float[0]);
            assertThrows(IllegalArgumentException.class, () -> plan.writeState(small));
            plan.close();
            assertThrows(IllegalStateException.class, () -> plan.forward(floats, input));
        }
    }

    @Test
    void lengthsFitTheBatch() {
        try (CpuBackend backend = new CpuBackend(1)) {
            DeviceBuffer x = backend.alloc(ElementType.FLOAT32, 1);
            RnnSpec spec = RnnSpec.forward(SHAPE, 6, 3, Precision.FP32);
            RnnInput few = new RnnInput.Features(x, null, backend.alloc(ElementType.INT32, 2));
            RnnInput reals = new RnnInput.Features(x, null, backend.alloc(ElementType.FLOAT32, 3));
            RnnInput right = new RnnInput.Features(x, null, backend.alloc(ElementType.INT32, 3));
            RnnSpec bounded = spec.withLengths(true);
            assertThrows(IllegalArgumentException.class, () -> bounded.requireLengths(few));
            assertThrows(IllegalArgumentException.class, () -> bounded.requireLengths(reals));
            assertThrows(IllegalArgumentException.class, () -> spec.requireLengths(right));
            bounded.requireLengths(right);
            bounded.requireLengths(new RnnInput.Features(x, null));
        }
    }
}
