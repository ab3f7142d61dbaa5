package lstmgpu.backend.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.RnnChoice;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** cuDNN's plans on the stand-in, against the reference; and where weights lie. */
class CudnnRnnPlanTest {
    private long before;
    private CudnnRig rig;
    private CudaDevice device;
    private CudnnPlans plans;

    @BeforeEach
    void open() {
        before = Cudasim.calls("cudnnSetDropoutDescriptor");
        rig = new CudnnRig();
        device = rig.device;
        plans = rig.plans;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static RnnSpec spec(Cell cell, int layers, int inputs, int hidden, Precision precision) {
        return RnnSpec.training(new RnnShape(cell, layers, inputs, hidden), 5, 8, precision);
    }

    /**
     * Orders that agree with cuDNN's and such that do not, for every cell and precision; but a rounded factor may
     * switch a unit of RNN_RELU on or off, to which the tolerance of a smooth function does not apply.
     */
    static List<RnnSpec> specs() {
        List<RnnSpec> specs = new ArrayList<>();
        for (Cell cell : Stream.of(Cell.values())
                .filter(one -> one.isIn(Cell.Plan.CUDNN))
                .toList()) {
            for (Precision precision : List.of(Precision.FP32, Precision.TF32, Precision.BF16)) {
                if (cell == Cell.RNN_RELU && precision != Precision.FP32) {
                    continue;
                }
                specs.add(spec(cell, 2, 33, 7, precision));
                specs.add(spec(cell, 1, 32, 64, precision));
                specs.add(spec(cell, 3, 128, 128, precision));
            }
        }
        return specs;
    }

    /** What a stretch of a sequence gives: y, dx, gradients, the carried state, and y of the next stretch. */
    private static final class Run {
        private final Random random = new Random(7);
        private final List<float[]> results = new ArrayList<>();

        private float[] values(long length, double bound) {
            float[] values = new float[(int) length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
            }
            return values;
        }

        private static float[] packed(RnnSpec spec, float[] values) {
            float[] flat = new float[(int) ParameterLayout.ofRnn(spec.shape()).length()];
            int from = 0;
            for (ParameterLayout.Slot slot : ParameterLayout.ofRnn(spec.shape()).slots()) {
                System.arraycopy(values, from, flat, (int) slot.offset(), (int) slot.length());
                from += (int) slot.length();
            }
            return flat;
        }

        void of(Memory memory, RnnPlan plan) {
            RnnSpec spec = plan.spec();
            long length = ParameterLayout.ofRnn(spec.shape()).length();
            long inputs = (long) spec.tokens() * spec.shape().inputSize();
            DeviceBuffer parameters = memory.of(
                    packed(spec, values(length, 1 / Math.sqrt(spec.shape().hiddenSize()))));
            DeviceBuffer gradients = memory.of(packed(spec, values(length, 1)));
            DeviceBuffer dx = memory.of(new float[(int) inputs]);
            RnnInput input = new RnnInput.Features(memory.of(values(inputs, 1)), dx);
            DeviceBuffer dOutput =
                    memory.of(values((long) spec.tokens() * spec.shape().hiddenSize(), 1));
            results.add(memory.read(plan.forward(parameters, input)));
            plan.backward(parameters, input, dOutput, gradients);
            results.add(memory.read(dx));
            results.add(memory.read(gradients));
            plan.carryState();
            results.add(plan.readState().hidden());
            results.add(plan.readState().cell());
            results.add(memory.read(plan.forward(parameters, input)));
            plan.resetState();
            plan.forward(parameters, input);
            plan.backward(parameters, new RnnInput.Features(((RnnInput.Features) input).x(), null), dOutput, gradients);
            results.add(memory.read(gradients));
        }
    }

    /** Memory of a device or a backend. */
    private interface Memory {
        DeviceBuffer of(float[] values);

        float[] read(DeviceBuffer buffer);
    }

    private Memory onDevice() {
        return new Memory() {
            @Override
            public DeviceBuffer of(float[] values) {
                KernelBuffer buffer = device.alloc(ElementType.FLOAT32, values.length);
                device.upload(values, buffer);
                return buffer;
            }

            @Override
            public float[] read(DeviceBuffer buffer) {
                float[] values = new float[(int) buffer.length()];
                device.download(device.own(buffer), values);
                return values;
            }
        };
    }

    private static Memory in(ReferenceBackend backend) {
        return new Memory() {
            @Override
            public DeviceBuffer of(float[] values) {
                DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, values.length);
                backend.upload(values, buffer);
                return buffer;
            }

            @Override
            public float[] read(DeviceBuffer buffer) {
                float[] values = new float[(int) buffer.length()];
                backend.download(buffer, values);
                return values;
            }
        };
    }

    private static double tolerance(RnnSpec spec) {
        long depth = (long) spec.steps()
                * Math.max(spec.shape().inputSize(), spec.shape().hiddenSize());
        return switch (spec.precision()) {
            case FP32 -> 8 * Math.ceil(Math.log((double) depth) / Math.log(2)) * Math.ulp(1f);
            case TF32 -> 5e-3;
            case BF16 -> 1.6e-2;
        };
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everyStackIsTheReferences(RnnSpec spec) {
        Run actual = new Run();
        try (RnnPlan plan = plans.newPlan(spec, null)) {
            actual.of(onDevice(), plan);
        }
        Run expected = new Run();
        try (ReferenceBackend reference = new ReferenceBackend();
                RnnPlan plan = reference.recurrence().newRnnPlan(spec, null)) {
            expected.of(in(reference), plan);
        }
        for (int i = 0; i < expected.results.size(); i++) {
            requireClose(expected.results.get(i), actual.results.get(i), tolerance(spec), spec + " result " + i);
        }
    }

    private static void requireClose(float[] expected, float[] actual, double tolerance, String what) {
        assertEquals(expected.length, actual.length, what);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double error = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-30);
        assertTrue(
                difference == 0 || error <= tolerance,
                () -> "%s: %.2e is above %.2e".formatted(what, error, tolerance));
    }

    /** 8 sequences of 7 units are no multiple of 256 bytes in either type; the stand-in refuses such an address. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void whateverCudnnGetsBeginsAtAMultipleOf256Bytes(Precision precision) {
        RnnSpec spec = spec(Cell.LSTM, 3, 64, 7, precision);
        Memory memory = onDevice();
        DeviceBuffer parameters =
                memory.of(new float[(int) ParameterLayout.ofRnn(spec.shape()).length()]);
        DeviceBuffer more = memory.of(new float[1 + spec.tokens() * 64]);
        DeviceBuffer off = more.slice(1, spec.tokens() * 64L);
        try (RnnPlan plan = plans.newPlan(spec, null)) {
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class, () -> plan.forward(parameters, new RnnInput.Features(off, null)));
            assertEquals("x begins at no multiple of 256 bytes", refusal.getMessage());
        }
    }

    @Test
    void aLayerIsDescribedWithADropoutThatDropsNothing() {
        assertEquals(1, Cudasim.calls("cudnnSetDropoutDescriptor") - before, "a handle has one");
    }

    @Test
    void aRecordedStepGivesTheSameBits() {
        RnnSpec spec = spec(Cell.LSTM, 2, 33, 7, Precision.BF16);
        Memory memory = onDevice();
        Run values = new Run();
        try (RnnPlan plan = plans.newPlan(spec, null)) {
            long length = ParameterLayout.ofRnn(spec.shape()).length();
            DeviceBuffer parameters = memory.of(values.values(length, 0.5));
            DeviceBuffer gradients = memory.of(new float[(int) length]);
            RnnInput input = new RnnInput.Features(memory.of(values.values(spec.tokens() * 33L, 1)), null);
            DeviceBuffer dOutput = memory.of(values.values(spec.tokens() * 7L, 1));
            Runnable body = () -> {
                plan.forward(parameters, input);
                plan.backward(parameters, input, dOutput, gradients);
                plan.carryState();
            };
            body.run();
            body.run();
            float[] direct = memory.read(gradients);
            float[] state = plan.readState().cell();
            device.zero(device.own(gradients));
            plan.resetState();
            long calls = Cudasim.calls("cudnnRNNForward");
            try (Step step = device.capture(body)) {
                assertEquals(
                        calls + spec.shape().layers(), Cudasim.calls("cudnnRNNForward"), "recorded, not rehearsed");
                assertArrayEquals(
                        new float[(int) length], memory.read(gradients), "nothing takes effect before the run");
                step.run();
                step.run();
                assertArrayEquals(direct, memory.read(gradients));
            }
            assertArrayEquals(state, plan.readState().cell());
        }
    }

    static Stream<RnnSpec> unknown() {
        RnnShape shape = new RnnShape(Cell.LSTM, 1, 8, 8);
        return Stream.of(
                RnnSpec.training(shape, 3, 2, Precision.FP32).withTable(7),
                RnnSpec.training(shape, 3, 2, Precision.FP32).withDropout(0.5f, 0));
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void tablesAndDropoutWithoutAClockAreRefused(RnnSpec spec) {
        RnnChoice choice = new RnnChoice(() -> plans, rig.notices::add);
        assertThrows(IllegalArgumentException.class, () -> choice.newCudnnPlan(spec, null));
    }
}
