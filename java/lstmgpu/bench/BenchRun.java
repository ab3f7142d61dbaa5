package lstmgpu.bench;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.Tensor;

/** Times whole training steps (batch, forward, loss, backward, clip, Adam) and generation at given shapes. */
public final class BenchRun {
    private static final int DRAWS = 64;

    /** Of the time for a row; operations are many and short. */
    private static final int OPERATION_SHARE = 5;

    private static final int ERROR_SEQUENCES = 2;
    private static final int ERROR_STEPS = 4;
    private static final long SEED = 1;
    private static final BenchVariant REFERENCE = new BenchVariant(Precision.FP32, RnnImplementation.AUTO);

    private final Backend backend;
    private final BenchVariant variant;
    private final BenchRow.Way way;
    private final double seconds;
    private final Ceiling ceiling;

    /** @param seconds to measure each row for, after the warm-up */
    public BenchRun(Backend backend, BenchVariant variant, double seconds) {
        this.backend = backend;
        this.variant = variant;
        this.way = BenchRow.Way.of(variant, backend);
        this.seconds = seconds;
        this.ceiling = Ceiling.of(backend, variant.precision());
    }

    /** What the shares are of. */
    public String ceiling() {
        return ceiling.text();
    }

    /**
     * @param reference what errors are measured against
     * @param sink takes each row as it is ready
     */
    public void run(List<BenchShape> shapes, Set<BenchTask> tasks, Backend reference, Consumer<BenchRow> sink) {
        for (BenchShape shape : shapes) {
            double error = error(shape.withBatch(ERROR_SEQUENCES, ERROR_STEPS), reference);
            for (BenchTask task : tasks) {
                switch (task) {
                    case TRAIN_STEP -> sink.accept(trainStep(shape, error));
                    case RECURRENT_STACK -> sink.accept(recurrentStack(shape, error));
                    case GENERATE -> generateEach(shape.withBatch(1, 1), error, sink);
                    case OPERATIONS -> {
                        for (Operation operation : Operation.values()) {
                            sink.accept(operation(operation, shape, reference));
                        }
                    }
                }
            }
        }
    }

    private void requireMemory(BenchTask task, BenchShape shape, Function<Backend, ?> making) {
        String what = "timing %s at %dx%dx%dx%d"
                .formatted(task, shape.layers(), shape.hidden(), shape.batch(), shape.steps());
        MemoryNeed.require(
                backend, MemoryNeed.bytes(backend, making), what, _ -> "give --shapes a smaller batch or hidden size");
    }

    private BenchRow trainStep(BenchShape shape, double error) {
        requireMemory(BenchTask.TRAIN_STEP, shape, counting -> {
            Network model = new Network(counting, shape.config(), variant.precision(), variant.rnn());
            try (BenchTraining counted = new BenchTraining(model, shape, OptimizerSpec.Kind.ADAM)) {
                return counted;
            }
        });
        try (BenchTraining training =
                new BenchTraining(newModel(backend, variant, shape), shape, OptimizerSpec.Kind.ADAM)) {
            Timing timing = Timing.of(backend, seconds, training.step()::run);
            return row(
                    BenchTask.TRAIN_STEP,
                    shape,
                    timing,
                    work(shape.tokens(), 3 * shape.modelOperations(), shape.leastTraining()),
                    error);
        }
    }

    private BenchRow recurrentStack(BenchShape shape, double error) {
        requireMemory(BenchTask.RECURRENT_STACK, shape, counting -> new RecurrentStack(counting, variant, shape, SEED));
        try (RecurrentStack stack = new RecurrentStack(backend, variant, shape, SEED)) {
            Timing timing = Timing.of(backend, seconds, stack);
            return row(
                    BenchTask.RECURRENT_STACK,
                    shape,
                    timing,
                    work(shape.tokens(), 3 * shape.stackOperations(), shape.leastStackTraining()),
                    error);
        }
    }

    /** With all bits of the weights, and with rounded ones where those make it quicker. */
    private void generateEach(BenchShape shape, double error, Consumer<BenchRow> sink) {
        sink.accept(generate(shape, error, null));
        if (variant.precision() == Precision.FP32 && backend.drawing().multipliesRounded()) {
            for (RoundedWeights weights : RoundedWeights.values()) {
                sink.accept(generate(shape, error, weights));
            }
        }
    }

    private BenchRow generate(BenchShape shape, double error, RoundedWeights weights) {
        String what = BenchTask.GENERATE + (weights == null ? "" : "-" + weights.word());
        SamplingSpec sampling = new SamplingSpec(0.8f, 0, 1f, 0f, 1f, SEED);
        try (Network model = newModel(backend, variant, shape);
                GenerationStep step = drawing(model, sampling, weights)) {
            step.prompt(new int[] {0});
            int[] drawn = new int[step.block()];
            Timing timing = Timing.of(backend, seconds, () -> {
                for (int left = DRAWS; left > 0; ) {
                    left -= step.draw(left, drawn);
                }
            });
            BenchRow.Work work = work(DRAWS, shape.modelOperations(), DRAWS * shape.leastDrawing());
            return BenchRow.of(what, way, shape, timing, work, ceiling, error);
        }
    }

    private static GenerationStep drawing(Network model, SamplingSpec sampling, RoundedWeights weights) {
        if (weights != null) {
            model.round(weights);
        }
        return new GenerationStep(model, new GenerationStep.Spec(1, sampling, 64, DRAWS * 1000L, false, true));
    }

    private static BenchRow.Work work(long tokens, long operationsPerToken, long leastOperations) {
        return new BenchRow.Work(tokens, tokens * operationsPerToken, leastOperations, 0);
    }

    private BenchRow row(BenchTask task, BenchShape shape, Timing timing, BenchRow.Work work, double error) {
        return BenchRow.of(task.toString(), way, shape, timing, work, ceiling, error);
    }

    private BenchRow operation(Operation operation, BenchShape shape, Backend reference) {
        BenchShape small = shape.withBatch(ERROR_SEQUENCES, ERROR_STEPS);
        double error = error(
                result(backend, variant.precision(), small, operation),
                result(reference, Precision.FP32, small, operation));
        requireMemory(
                BenchTask.OPERATIONS,
                shape,
                counting -> new OperationRun(counting, variant.precision(), shape, operation, SEED));
        try (OperationRun run = new OperationRun(backend, variant.precision(), shape, operation, SEED)) {
            Timing timing = Timing.of(backend, seconds / OPERATION_SHARE, run);
            long tokens = operation == Operation.SAMPLE ? shape.batch() : shape.tokens();
            long operations = operation.operations(shape);
            BenchRow.Work work = new BenchRow.Work(tokens, operations, operations, operation.bytes(shape));
            return BenchRow.of(operation.label(), way, shape, timing, work, ceiling, error);
        }
    }

    private static double[] result(Backend on, Precision precision, BenchShape shape, Operation operation) {
        try (OperationRun run = new OperationRun(on, precision, shape, operation, SEED)) {
            run.run();
            return run.result();
        }
    }

    /** Relative in norm. */
    private static double error(double[] actual, double[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += square(actual[i] - expected[i]);
            norm += square(expected[i]);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    /**
     * How far one SGD step takes the weights from where the reference takes them, relative to how far it takes them.
     */
    private double error(BenchShape shape, Backend reference) {
        try (BenchTraining ours = new BenchTraining(newModel(backend, variant, shape), shape, OptimizerSpec.Kind.SGD);
                BenchTraining theirs =
                        new BenchTraining(newModel(reference, REFERENCE, shape), shape, OptimizerSpec.Kind.SGD)) {
            Map<String, Tensor> start = theirs.model().tensors();
            ours.step().run();
            theirs.step().run();
            Map<String, Tensor> expected = theirs.model().tensors();
            Map<String, Tensor> actual = ours.model().tensors();
            double difference = 0;
            double distance = 0;
            for (String name : start.keySet()) {
                float[] from = start.get(name).values();
                float[] want = expected.get(name).values();
                float[] have = actual.get(name).values();
                for (int i = 0; i < from.length; i++) {
                    difference += square((double) have[i] - want[i]);
                    distance += square((double) want[i] - from[i]);
                }
            }
            return Math.sqrt(difference / distance);
        }
    }

    private static double square(double x) {
        return x * x;
    }

    static Network newModel(Backend backend, BenchVariant variant, BenchShape shape) {
        Network model = new Network(backend, shape.config(), variant.precision(), variant.rnn());
        model.initialise(SEED, Initialisation.UNIFORM);
        return model;
    }
}
