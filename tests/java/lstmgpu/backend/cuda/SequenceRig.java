package lstmgpu.backend.cuda;

import java.util.Arrays;
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
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelRnn;
import lstmgpu.backend.kernels.LayerLoop;
import lstmgpu.backend.kernels.RnnPlans;

/**
 * Two training steps of LSTM layers on the stand-in, by a loop of given splits or by the fused plan. Twelve lanes are a group of eight and
 * a half-empty one.
 */
final class SequenceRig {
    static final int STEPS = 3;
    static final int LANES = 12;

    private static final int VOCABULARY = 5;

    private final KernelImages images;
    private final SequenceSplit forward;
    private final SequenceSplit backward;
    private final RnnSpec spec;

    /** @param forward null for the fused plan in float32 */
    SequenceRig(KernelImages images, SequenceSplit forward, SequenceSplit backward, int layers, boolean table) {
        this.images = images;
        this.forward = forward;
        this.backward = backward;
        int hidden = backward.hidden();
        this.spec = new RnnSpec(
                new RnnShape(Cell.LSTM, layers, 16, hidden),
                STEPS,
                LANES,
                0,
                3,
                forward == null ? Precision.FP32 : Precision.BF16,
                true,
                table ? VOCABULARY : 0,
                forward == null ? RnnImplementation.FUSED : RnnImplementation.SEQUENCE);
    }

    static KernelImages images() {
        return new KernelImages(
                CudaLibraries.in(Cudasim.folder()), Cudasim.folder().resolve("kernels"));
    }

    /** The split of the numbers of a line of images.txt, SHARED left out: HIDDEN UNITS LANES EXCHANGE ROW_WARPS HELD CHUNKS. */
    static SequenceSplit forward(String numbers) {
        int[] n = numbers(numbers);
        return new SequenceSplit(n[0], n[1], n[2], 0, exchange(n[3]), n[4], n[5], n[6]);
    }

    /** The same: HIDDEN UNITS LANES PARTS EXCHANGE ROW_WARPS HELD CHUNKS. */
    static SequenceSplit backward(String numbers) {
        int[] n = numbers(numbers);
        return new SequenceSplit(n[0], n[1], n[2], n[3], exchange(n[4]), n[5], n[6], n[7]);
    }

    private static Exchange exchange(int number) {
        return Arrays.stream(Exchange.values())
                .filter(exchange -> exchange.number() == number)
                .findAny()
                .orElseThrow();
    }

    private static int[] numbers(String line) {
        return Arrays.stream(line.strip().split(" +"))
                .mapToInt(Integer::parseInt)
                .toArray();
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
                LayerLoop loop = forward == null
                        ? null
                        : new SequenceLoop(
                                device, asked, device.sequenceKernel(forward), device.sequenceKernel(backward));
                return new LayeredRnnPlan(asked, new KernelRnn(device, asked, clock, backend.weightCopies()::of, loop));
            }
        };
    }

    /** y of the second step, then the gradients of the weights, then those of the table; with the schedule that is set now. */
    float[][] train(boolean recorded) {
        Random random = new Random(5);
        CudaDevice device = new CudaDevice(0, CudaLibraries.in(Cudasim.folder()), images);
        try (Backend backend = new KernelBackend(device, plans(device));
                RnnPlan plan = backend.newRnnPlan(spec, null)) {
            int length = (int) backend.rnnLayout(spec.shape()).length();
            int outputs = spec.tokens() * spec.shape().hiddenSize();
            int rows = VOCABULARY * spec.shape().gateRows();
            DeviceBuffer parameters = filled(backend, random, length, 0.3f);
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
            return new float[][] {
                read(backend, y[0], outputs), read(backend, gradients, length), read(backend, dTable, rows)
            };
        }
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
