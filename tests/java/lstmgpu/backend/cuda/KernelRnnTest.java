package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import jcuda.driver.CUresult;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.kernels.KernelRnn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The fused plan's two queues; its numbers are tested by the conformance suite. */
class KernelRnnTest implements OnTheStandIn {
    private static final String WAIT = "cuStreamWaitEvent";
    private static final int SEEDS = 8;
    private static final int STEPS = 3;
    private static final int SEQUENCES = 4;
    private static final int UNITS = 8;
    private static final int LAYERS = 3;
    private static final int VOCABULARY = 5;

    /** Waits of a backward pass: one before the gradients of each layer, one for all of them. */
    private static final int WAITS = LAYERS + 1;

    private static float[] values(Random random, long length) {
        float[] values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static DeviceBuffer filled(Backend backend, Random random, long length) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, length);
        backend.upload(values(random, length), buffer);
        return buffer;
    }

    /** With the schedule and the failures that are set now. */
    private static Backend open() {
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        return CudaBackend.open(
                0, libraries, new KernelImages(libraries, Cudasim.folder().resolve("kernels")), _ -> {});
    }

    /**
     * The gradients after two training steps, straight or as a recorded step; a table's behind those of the weights.
     */
    private static float[] train(Cell cell, boolean table, Precision precision, boolean recorded) {
        RnnSpec spec = RnnSpec.training(new RnnShape(cell, LAYERS, UNITS, UNITS), STEPS, SEQUENCES, precision)
                .withDropout(0.25f, 3)
                .withTable(table ? VOCABULARY : 0)
                .by(RnnImplementation.FUSED);
        Random random = new Random(5);
        try (Backend backend = open();
                StepClock clock = new StepClock(backend);
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, clock)) {
            long length = backend.recurrence().rnnLayout(spec.shape()).length();
            DeviceBuffer parameters = filled(backend, random, length);
            DeviceBuffer gradients = backend.alloc(ElementType.FLOAT32, length);
            DeviceBuffer dOutput = filled(backend, random, (long) spec.tokens() * UNITS);
            DeviceBuffer dTable = backend.alloc(
                    ElementType.FLOAT32, (long) VOCABULARY * spec.shape().gateRows());
            RnnInput input = table
                    ? new RnnInput.Table(filled(backend, random, dTable.length()), tokens(backend, spec), dTable)
                    : new RnnInput.Features(filled(backend, random, (long) spec.tokens() * UNITS), null);
            Runnable body = () -> {
                plan.forward(parameters, input);
                plan.backward(parameters, input, dOutput, gradients);
                plan.carryState();
                backend.optimisation().advance(clock, 100);
            };
            runTwice(backend, body, recorded);
            float[] weights = new float[Math.toIntExact(length)];
            backend.download(gradients, weights);
            float[] rows = new float[Math.toIntExact(dTable.length())];
            backend.download(dTable, rows);
            float[] all = Arrays.copyOf(weights, weights.length + rows.length);
            System.arraycopy(rows, 0, all, weights.length, rows.length);
            return all;
        }
    }

    private static DeviceBuffer tokens(Backend backend, RnnSpec spec) {
        DeviceBuffer tokens = backend.alloc(ElementType.INT32, spec.tokens());
        int[] ids = new int[spec.tokens()];
        Arrays.setAll(ids, n -> n * 7 % VOCABULARY);
        backend.upload(ids, tokens);
        return tokens;
    }

    private static void runTwice(Backend backend, Runnable body, boolean recorded) {
        if (!recorded) {
            body.run();
            body.run();
            return;
        }
        try (Step step = backend.capture(body)) {
            step.run();
            step.run();
            backend.synchronize();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LSTM,true,FP32,false",
        "LSTM,false,BF16,true",
        "GRU,false,FP32,true",
        "GRU,true,BF16,false",
        "RNN_TANH,true,FP32,true"
    })
    void everyScheduleGivesTheSameBits(Cell cell, boolean table, Precision precision, boolean recorded) {
        float[] expected = train(cell, table, precision, false);
        for (int seed = 0; seed < SEEDS; seed++) {
            Cudasim.schedule(seed);
            assertArrayEquals(expected, train(cell, table, precision, recorded), "schedule " + seed);
        }
    }

    /** Nothing where the driver refused. */
    private static Optional<float[]> trainWithout(int wait, int seed) {
        Cudasim.reset();
        Cudasim.quiet();
        Cudasim.schedule(seed);
        Cudasim.fail(WAIT, wait, Cudasim.DROP);
        try {
            return Optional.of(train(Cell.GRU, true, Precision.FP32, false));
        } catch (LstmGpuException refused) {
            return Optional.empty();
        }
    }

    @Test
    void aMissingWaitIsNoticed() {
        long before = Cudasim.calls(WAIT);
        float[] expected = train(Cell.GRU, true, Precision.FP32, false);
        assertEquals(2 * WAITS, Cudasim.calls(WAIT) - before);
        for (int wait = 1; wait <= 2 * WAITS; wait++) {
            int noticed = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                Optional<float[]> actual = trainWithout(wait, seed);
                noticed += actual.isEmpty() || !Arrays.equals(expected, actual.get()) ? 1 : 0;
            }
            assertTrue(noticed > 0, "nobody noticed that wait " + wait + " is missing");
        }
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void aRecordedStepGivesTheSameBits(Cell cell) {
        boolean table = new RnnShape(cell, 1, 1, 1).takesTable();
        assertArrayEquals(train(cell, table, Precision.BF16, false), train(cell, table, Precision.BF16, true));
    }

    @Test
    void aFailureBesideTheLoopLeavesWorkInTheFirstQueue() {
        RnnShape shape = new RnnShape(Cell.GRU, LAYERS, UNITS, UNITS);
        RnnSpec spec = RnnSpec.training(shape, STEPS, SEQUENCES, Precision.FP32).by(RnnImplementation.FUSED);
        try (CudaDevice device = CudaRig.open(0);
                RnnPlan plan = new LayeredRnnPlan(spec, new KernelRnn(device, spec, null, weights -> weights))) {
            long length = ParameterLayout.ofRnn(shape).length();
            DeviceBuffer parameters = device.alloc(ElementType.FLOAT32, length);
            DeviceBuffer gradients = device.alloc(ElementType.FLOAT32, length);
            DeviceBuffer dOutput = device.alloc(ElementType.FLOAT32, (long) spec.tokens() * UNITS);
            RnnInput input =
                    new RnnInput.Features(device.alloc(ElementType.FLOAT32, (long) spec.tokens() * UNITS), null);
            plan.forward(parameters, input);
            Cudasim.quiet();
            Cudasim.fail("cuMemAlloc_v2", 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            assertThrows(LstmGpuException.class, () -> plan.backward(parameters, input, dOutput, gradients));
            assertFalse(device.queues().isBeside());
        }
    }

    @Test
    void aPlanThatFindsNoMemoryHoldsNone() {
        RnnShape shape = new RnnShape(Cell.GRU, LAYERS, UNITS, UNITS);
        RnnSpec spec = RnnSpec.training(shape, STEPS, SEQUENCES, Precision.BF16).by(RnnImplementation.FUSED);
        Cudasim.quiet();
        int refused = 0;
        for (boolean enough = false; !enough; ) {
            try (CudaDevice device = CudaRig.open(0)) {
                long before = device.allocatedBytes();
                Cudasim.fail("cuMemAlloc_v2", refused + 1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
                try {
                    new KernelRnn(device, spec, null, weights -> weights).close();
                    enough = true;
                } catch (LstmGpuException failure) {
                    assertEquals(ExitCode.MEMORY, failure.exitCode());
                    refused++;
                }
                assertEquals(before, device.allocatedBytes(), "after allocation " + refused);
            }
        }
        assertTrue(refused > LAYERS, refused + " allocations failed");
    }
}
