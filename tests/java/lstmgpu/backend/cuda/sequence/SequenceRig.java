package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
import lstmgpu.backend.RnnState;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.driver.Patience;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.RnnPlans;

/**
 * Two training steps of layers, by a loop of given splits or by the fused plan. Twelve sequences are a group of eight
 * and a half-empty one.
 */
public final class SequenceRig {
    /** For products in bfloat16, relative in norm. */
    static final double TOLERANCE = 1.6e-2;

    private static final int STEPS = 3;
    private static final int SEQUENCES = 12;
    private static final int VOCABULARY = 5;
    private static final float SCALE = 0.3f;

    private final CudaLibraries libraries;
    private final KernelImages images;
    private final SequenceSplit forward;
    private final SequenceSplit backward;
    private final RnnSpec spec;
    private final float scale;
    private final boolean hardlyForgets;

    /** On the stand-in. */
    SequenceRig(KernelImages images, SequenceSplit forward, SequenceSplit backward, int layers, boolean table) {
        this(
                CudaLibraries.in(Cudasim.folder()),
                images,
                forward,
                backward,
                spec(backward, layers, STEPS, SEQUENCES, table),
                SCALE,
                false);
    }

    /**
     * Two layers of so many steps and sequences that read a table, on the GPU of these libraries, with weights as
     * PyTorch draws them.
     */
    SequenceRig(
            CudaLibraries libraries,
            KernelImages images,
            SequenceSplit forward,
            SequenceSplit backward,
            int steps,
            int sequences) {
        this(
                libraries,
                images,
                forward,
                backward,
                spec(backward, 2, steps, sequences, true),
                2 / (float) Math.sqrt(forward.hidden()),
                false);
    }

    private SequenceRig(
            CudaLibraries libraries,
            KernelImages images,
            SequenceSplit forward,
            SequenceSplit backward,
            RnnSpec spec,
            float scale,
            boolean hardlyForgets) {
        this.libraries = libraries;
        this.images = images;
        this.forward = forward;
        this.backward = backward;
        this.spec = spec;
        this.scale = scale;
        this.hardlyForgets = hardlyForgets;
    }

    private static RnnSpec spec(SequenceSplit split, int layers, int steps, int sequences, boolean table) {
        RnnShape shape = new RnnShape(split.cell(), layers, 16, split.hidden());
        int vocabulary = table ? VOCABULARY : 0;
        return RnnSpec.training(shape, steps, sequences, Precision.BF16)
                .withTable(vocabulary)
                .by(RnnImplementation.SEQUENCE);
    }

    private SequenceRig with(RnnSpec other, boolean forgetsHardly) {
        return new SequenceRig(libraries, images, forward, backward, other, scale, forgetsHardly);
    }

    /**
     * The same by the fused plan in float32; of RNN_RELU in bfloat16, since another rounding switches units on and off.
     */
    SequenceRig fused() {
        Precision precision = spec.shape().cell() == Cell.RNN_RELU ? Precision.BF16 : Precision.FP32;
        RnnSpec exact = RnnSpec.training(spec.shape(), spec.steps(), spec.batch(), precision)
                .withTable(spec.tableSize())
                .by(RnnImplementation.FUSED);
        return with(exact, hardlyForgets);
    }

    /**
     * The same of a GRU over more steps, with update gates of 0.9985 and far from where it is drawn to: a step moves h
     * by less than half a place of bfloat16.
     */
    SequenceRig thatHardlyForgets() {
        return with(spec.withSteps(10 * STEPS), true);
    }

    SequenceRig ofOneStep() {
        return with(spec.withSteps(1), false);
    }

    /** |expected - actual| / |expected|. */
    static double distance(float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    /** What {@link #train} returns, from two plans. */
    static void assertClose(float[][] expected, float[][] actual) {
        List<String> parts = List.of("y", "the weights' gradient", "the table's gradient");
        for (int part = 0; part < expected.length; part++) {
            double error = distance(expected[part], actual[part]);
            assertTrue(error <= TOLERANCE, parts.get(part) + " is off by " + error);
        }
    }

    public static KernelImages images() {
        return new KernelImages(
                CudaLibraries.in(Cudasim.folder()), Cudasim.folder().resolve("kernels"));
    }

    private RnnPlans plans(CudaDevice device) {
        return new RnnPlans() {
            @Override
            public ParameterLayout layout(RnnShape shape) {
                return ParameterLayout.ofRnn(shape);
            }

            @Override
            public boolean takesTable(RnnSpec asked) {
                return true;
            }

            @Override
            public RnnPlans counting() {
                return this;
            }

            @Override
            public RnnPlan create(KernelBackend backend, RnnSpec asked, StepClock clock) {
                LayerLoop loop = asked.implementation() == RnnImplementation.FUSED
                        ? null
                        : new SequenceLoop(
                                device,
                                asked,
                                Patience.TRIAL,
                                new SequenceKernel(device, forward),
                                new SequenceKernel(device, backward));
                return new LayeredRnnPlan(asked, new KernelRnn(device, asked, clock, backend.weightCopies()::of, loop));
            }
        };
    }

    /**
     * y of the second step, then the gradients of the weights, then those of the table; with the schedule that is set
     * now.
     */
    float[][] train(boolean recorded) {
        Random random = new Random(5);
        CudaDevice device = new CudaDevice(0, libraries, images);
        try (Backend backend = new KernelBackend(device, plans(device));
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
            int length = (int) backend.recurrence().rnnLayout(spec.shape()).length();
            int outputs = spec.tokens() * spec.shape().hiddenSize();
            int rows = VOCABULARY * spec.shape().gateRows();
            DeviceBuffer parameters = filled(backend, random, length, scale);
            if (hardlyForgets) {
                shutUpdateGates(backend, parameters, plan);
            }
            DeviceBuffer gradients = backend.alloc(ElementType.FLOAT32, length);
            DeviceBuffer dOutput = filled(backend, random, outputs, 1);
            DeviceBuffer dTable = backend.alloc(ElementType.FLOAT32, rows);
            RnnInput input = spec.tableSize() > 0
                    ? new RnnInput.Table(filled(backend, random, rows, 1), tokens(backend), dTable)
                    : new RnnInput.Features(filled(backend, random, spec.tokens() * 16, 1), null);
            DeviceBuffer[] y = new DeviceBuffer[1];
            Runnable body = () -> {
                y[0] = plan.forward(parameters, input);
                plan.backward(parameters, input, dOutput, gradients);
                plan.carryState();
            };
            runTwice(backend, body, recorded);
            if (hardlyForgets) {
                // Gradients feel how coarsely bfloat16 stores such gates, in the fused plan too.
                return new float[][] {read(backend, y[0], outputs)};
            }
            return new float[][] {
                read(backend, y[0], outputs), read(backend, gradients, length), read(backend, dTable, rows)
            };
        }
    }

    private void shutUpdateGates(Backend backend, DeviceBuffer parameters, RnnPlan plan) {
        int hidden = spec.shape().hiddenSize();
        float[] biases = new float[spec.shape().gateRows()];
        Arrays.fill(biases, hidden, 2 * hidden, 6.5f);
        backend.upload(biases, backend.recurrence().rnnLayout(spec.shape()).view(parameters, "bias_hh_l0"));
        float[] state = new float[spec.batch() * hidden];
        Arrays.fill(state, 0.9f);
        plan.writeState(new RnnState(state, new float[0]));
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

    private static float[] read(Backend backend, DeviceBuffer buffer, int length) {
        float[] values = new float[length];
        backend.download(buffer, values);
        return values;
    }

    private static DeviceBuffer filled(Backend backend, Random random, int length, float scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = scale * (random.nextFloat() - 0.5f);
        }
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, length);
        backend.upload(values, buffer);
        return buffer;
    }

    private DeviceBuffer tokens(Backend backend) {
        DeviceBuffer tokens = backend.alloc(ElementType.INT32, spec.tokens());
        int[] ids = new int[spec.tokens()];
        Arrays.setAll(ids, n -> n * 7 % VOCABULARY);
        backend.upload(ids, tokens);
        return tokens;
    }
}
