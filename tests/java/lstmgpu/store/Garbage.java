package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.LongSupplier;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.network.Batch;
import lstmgpu.network.Feed;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;

/**
 * What a step leaves to the garbage collector once it is warm: it may be nothing.
 *
 * @param allocated the bytes allocated so far
 */
public record Garbage(LongSupplier allocated) {
    private static final int CALLS = 40;
    private static final int WARM_UP = 100;

    /** What the measurement itself may take; one object a call would take several times as much. */
    private static final long SLACK_BYTES = 2_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** For a backend with threads of its own. What else the process does meanwhile counts too. */
    public static Garbage ofAllThreads() {
        return new Garbage(THREADS::getTotalThreadAllocatedBytes);
    }

    /** For a backend that works in its caller's thread. */
    public static Garbage ofThisThread() {
        return new Garbage(THREADS::getCurrentThreadAllocatedBytes);
    }

    /** Two layers with dropout; the vocabulary decides whether the first reads a table. */
    public void assertNoneOfTraining(Backend backend, RnnImplementation rnn, Cell cell, int vocabulary) {
        assertNoneOfTraining(backend, rnn, Precision.FP32, cell, vocabulary);
    }

    public void assertNoneOfTraining(
            Backend backend, RnnImplementation rnn, Precision precision, Cell cell, int vocabulary) {
        BatchSpec batch = new BatchSpec(9, 5, 0, 300, 9, false, 0, 0);
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
        TrainingStep.Spec spec = new TrainingStep.Spec(batch.steps(), batch.batch(), adam, true, 0, 20, 1);
        try (Arena arena = Arena.ofShared();
                Network model = model(backend, rnn, precision, cell, vocabulary)) {
            MemorySegment tokens = arena.allocate(2_000);
            for (long i = 0; i < tokens.byteSize(); i++) {
                tokens.set(ValueLayout.JAVA_BYTE, i, (byte) (i * i % 11));
            }
            try (TokenFeed feed = new TokenFeed(backend, tokens, 1, batch);
                    TrainingStep step = new TrainingStep(model, feed, spec)) {
                assertNone(step::run);
            }
        }
    }

    /** Two layers that read in both directions, over sequences with lengths and weights of their own. */
    public void assertNoneOfBothDirections(Backend backend, RnnImplementation rnn) {
        NetworkConfig config = new NetworkConfig(
                new InputPart.Tokens(12, 8), Cell.GRU, 8, 2, true, 0.2f, new Head.SequenceClass(3, Pooling.MAX));
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
        TrainingStep.Spec spec = new TrainingStep.Spec(3, 5, adam, false, 0, 20, 1);
        try (Network model = new Network(backend, config, Precision.FP32, rnn);
                OneBatch feed = new OneBatch(
                        backend,
                        backend.alloc(ElementType.INT32, spec.batch()),
                        backend.alloc(ElementType.FLOAT32, spec.batch()));
                TrainingStep step = new TrainingStep(model, feed, spec)) {
            backend.upload(new int[] {3, 1, 2, 3, 1}, feed.lengths());
            backend.fill(feed.weights(), 1);
            model.initialise(1, Initialisation.UNIFORM);
            assertNone(step::run);
        }
    }

    /** Zeros, but for lengths and weights. */
    private record OneBatch(Backend backend, DeviceBuffer lengths, DeviceBuffer weights) implements Feed {
        @Override
        public List<Batch.Form> forms(int steps, int sequences) {
            return List.of(new Batch.Form(steps, sequences, true, true));
        }

        @Override
        public void fill(Batch batch, StepClock clock) {
            backend.copy(lengths, batch.lengths());
            backend.copy(weights, batch.weights());
        }

        @Override
        public void close() {
            lengths.close();
            weights.close();
        }
    }

    public void assertNoneOfDrawing(Backend backend, RnnImplementation rnn) {
        SamplingSpec sampling = new SamplingSpec(0.8f, 5, 0.9f, 0.01f, 1.1f, 1);
        GenerationStep.Spec spec = new GenerationStep.Spec(1, sampling, 8, 10_000, false, false);
        try (Network model = model(backend, rnn, Precision.FP32, Cell.LSTM, 20);
                GenerationStep step = new GenerationStep(model, spec)) {
            step.prompt(new int[] {1});
            int[] drawn = new int[1];
            assertNone(() -> step.draw(1, drawn));
        }
    }

    private static Network model(
            Backend backend, RnnImplementation rnn, Precision precision, Cell cell, int vocabulary) {
        NetworkConfig config = NetworkConfig.ofTokens(cell, vocabulary, 8, 16, 2, 0.2f, false);
        Network model = new Network(backend, config, precision, rnn);
        model.initialise(1, Initialisation.UNIFORM);
        return model;
    }

    private void assertNone(Runnable call) {
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = allocated.getAsLong();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, allocated.getAsLong() - before);
        }
        long bytes = least;
        assertTrue(bytes <= SLACK_BYTES, () -> CALLS + " calls allocated " + bytes + " bytes");
    }
}
