package lstmgpu.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.SamplingRows;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.StepClock;

/** One {@link Operation} on random data, the same data on every backend. */
final class OperationRun implements Runnable, AutoCloseable {
    private static final float RATE = 1e-3f;
    private static final float DROPPED = 0.2f;
    private static final int WINDOW = 64;
    /** Of the optimiser, fewer than would leave float32's normal range: Adam's first moment falls to 0.9 in each. */
    private static final int CALLS_OF_FALLING_MOMENTS = 256;

    private final Backend backend;
    private final BenchShape shape;
    private final Precision precision;
    private final SplittableRandom random;
    private final StepClock clock;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final Runnable call;
    private DeviceBuffer result;

    OperationRun(Backend backend, Precision precision, BenchShape shape, Operation operation, long seed) {
        this.backend = backend;
        this.shape = shape;
        this.precision = precision;
        random = new SplittableRandom(seed);
        clock = new StepClock(backend);
        clock.setRates(rates());
        call = switch (operation) {
            case EMBED, EMBED_GRAD -> embedding(operation);
            case LINEAR, LINEAR_GRAD -> linear(operation);
            case DROPOUT -> dropout();
            case SOFTMAX_CROSS_ENTROPY -> loss();
            case SUM_OF_SQUARES, OPTIMIZER_STEP -> optimizer(operation);
            case SAMPLE -> sample();
        };
    }

    private static float[] rates() {
        float[] rates = new float[StepClock.RATES];
        Arrays.fill(rates, RATE);
        return rates;
    }

    private Runnable embedding(Operation operation) {
        int width = shape.embedding();
        DeviceBuffer tokens = tokens(shape.tokens());
        DeviceBuffer table = random((long) shape.vocabulary() * width);
        DeviceBuffer rows = random(shape.tokens() * width);
        result = operation == Operation.EMBED ? rows : table;
        return operation == Operation.EMBED
                ? () -> backend.layers().embed(table, tokens, width, rows)
                : () -> backend.layers().embedGrad(rows, tokens, width, table);
    }

    private Runnable linear(Operation operation) {
        int rows = Math.toIntExact(shape.tokens());
        int hidden = shape.hidden();
        int vocabulary = shape.vocabulary();
        DeviceBuffer x = random(shape.tokens() * hidden);
        DeviceBuffer w = random((long) vocabulary * hidden);
        DeviceBuffer b = random(vocabulary);
        DeviceBuffer y = random(shape.tokens() * vocabulary);
        if (operation == Operation.LINEAR) {
            result = y;
            return () -> backend.layers().linear(x, w, b, new LinearSpec(rows, hidden, vocabulary, precision), y);
        }
        DeviceBuffer dx = random(shape.tokens() * hidden);
        DeviceBuffer dw = random((long) vocabulary * hidden);
        result = dw;
        return () -> backend.layers()
                .linearGrad(x, w, y, new LinearSpec(rows, hidden, vocabulary, precision), dx, false, dw, b);
    }

    private Runnable dropout() {
        DeviceBuffer x = random(shape.tokens() * shape.hidden());
        DeviceBuffer y = random(shape.tokens() * shape.hidden());
        DropoutSpec mask = DropoutSpec.of(DROPPED, 1, 0);
        result = y;
        return () -> backend.layers().dropout(x, mask, clock, y);
    }

    private Runnable loss() {
        DeviceBuffer logits = random(shape.tokens() * shape.vocabulary());
        DeviceBuffer targets = tokens(shape.tokens());
        DeviceBuffer losses = random(shape.tokens());
        result = losses;
        return () ->
                backend.losses().softmaxCrossEntropy(logits, targets, shape.vocabulary(), 1f, 0, losses, logits, null);
    }

    private Runnable optimizer(Operation operation) {
        DeviceBuffer gradients = random(shape.parameters());
        DeviceBuffer norm = random(1);
        if (operation == Operation.SUM_OF_SQUARES) {
            result = norm;
            return () -> backend.optimisation().sumOfSquares(gradients, norm);
        }
        DeviceBuffer parameters = random(shape.parameters());
        DeviceBuffer first = zeroed(ElementType.FLOAT32, shape.parameters());
        DeviceBuffer second = zeroed(ElementType.FLOAT32, shape.parameters());
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1f);
        backend.fill(norm, 1f);
        result = parameters;
        int[] calls = {0};
        return () -> {
            // A step leaves gradients of zero, so without this the next ones would compute with denormal moments.
            if (++calls[0] % CALLS_OF_FALLING_MOMENTS == 0) {
                backend.fill(first, RATE);
                backend.fill(second, RATE);
            }
            backend.optimisation().optimizerStep(adam, clock, parameters, gradients, first, second, norm);
        };
    }

    private Runnable sample() {
        int vocabulary = shape.vocabulary();
        DeviceBuffer logits = random((long) shape.batch() * vocabulary);
        DeviceBuffer drawn = tokens(shape.batch());
        DeviceBuffer history = zeroed(ElementType.INT32, (long) shape.batch() * WINDOW);
        SamplingSpec spec = new SamplingSpec(0.8f, 0, 1f, 0f, 1f, 1);
        int[] settings = new int[Math.multiplyExact(shape.batch(), SamplingRows.WORDS)];
        for (int sequence = 0; sequence < shape.batch(); sequence++) {
            SamplingRows.put(spec, vocabulary, sequence, 0, settings, sequence * SamplingRows.WORDS);
        }
        DeviceBuffer words = zeroed(ElementType.INT32, settings.length);
        backend.upload(settings, words);
        SamplingRows rows = SamplingRows.alike(words, spec, vocabulary);
        result = drawn;
        return () -> backend.drawing().sample(logits, vocabulary, rows, clock, history, drawn);
    }

    private DeviceBuffer zeroed(ElementType type, long length) {
        DeviceBuffer buffer = backend.alloc(type, length);
        buffers.add(buffer);
        return buffer;
    }

    /** Uniform in [-1, 1). */
    private DeviceBuffer random(long length) {
        float[] values = new float[Math.toIntExact(length)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        DeviceBuffer buffer = zeroed(ElementType.FLOAT32, length);
        backend.upload(values, buffer);
        return buffer;
    }

    private DeviceBuffer tokens(long length) {
        int[] values = random.ints(length, 0, shape.vocabulary()).toArray();
        DeviceBuffer buffer = zeroed(ElementType.INT32, length);
        backend.upload(values, buffer);
        return buffer;
    }

    @Override
    public void run() {
        call.run();
    }

    /** What it left in its main output. */
    double[] result() {
        double[] values = new double[Math.toIntExact(result.length())];
        if (result.type() == ElementType.INT32) {
            int[] tokens = new int[values.length];
            backend.download(result, tokens);
            Arrays.setAll(values, i -> tokens[i]);
        } else {
            float[] floats = new float[values.length];
            backend.download(result, floats);
            Arrays.setAll(values, i -> floats[i]);
        }
        return values;
    }

    @Override
    public void close() {
        clock.close();
        buffers.forEach(DeviceBuffer::close);
    }
}
