package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.SequenceBatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of their own lengths, each of a class, in batches of several widths. */
class SequenceFeedTest {
    private static final int DOCUMENTS = 41;
    private static final int VOCABULARY = 9;
    private static final int CLASSES = 3;
    private static final int BATCH = 4;
    private static final int[] LENGTHS =
            new SplittableRandom(1).ints(DOCUMENTS, 1, 30).toArray();
    private static final NetworkConfig CONFIG = new NetworkConfig(
            new InputPart.Tokens(VOCABULARY, 5),
            Cell.GRU,
            6,
            2,
            true,
            0,
            new Head.SequenceClass(CLASSES, Pooling.MEAN));

    /** Tokens one document behind the other, behind a row of padding, and the class of each document. */
    private static final class Documents implements SequenceTables {
        private final Backend backend;
        private final DeviceBuffer tokens;
        private final DeviceBuffer classes;

        Documents(Backend backend) {
            this.backend = backend;
            int total = 1 + Arrays.stream(LENGTHS).sum();
            this.tokens = backend.alloc(ElementType.INT32, total);
            this.classes = backend.alloc(ElementType.INT32, DOCUMENTS);
            int[] text = new SplittableRandom(2).ints(total, 0, VOCABULARY).toArray();
            backend.upload(text, tokens);
            backend.upload(IntStream.range(0, DOCUMENTS).map(i -> i % CLASSES).toArray(), classes);
        }

        static int[] starts() {
            int[] starts = new int[DOCUMENTS];
            starts[0] = 1;
            for (int i = 1; i < DOCUMENTS; i++) {
                starts[i] = starts[i - 1] + LENGTHS[i - 1];
            }
            return starts;
        }

        @Override
        public boolean weighs() {
            return false;
        }

        @Override
        public void fill(Batch batch, DeviceBuffer rows, DeviceBuffer sequences) {
            backend.texts().take(tokens, rows, batch.inputs());
            if (batch.targets() != null) {
                backend.texts().take(classes, sequences, batch.targets());
            }
        }

        @Override
        public void close() {
            classes.close();
            tokens.close();
        }
    }

    private static Network network(Backend backend) {
        Network network = new Network(backend, CONFIG, Precision.FP32, RnnImplementation.AUTO);
        network.initialise(7, Initialisation.UNIFORM);
        return network;
    }

    private static SequenceBatches batches(int batch) {
        return new SequenceBatches(LENGTHS, batch, 5);
    }

    /** The loss of every document. */
    private static double[] losses(Network network, int batch) {
        double[] losses = new double[DOCUMENTS];
        Arrays.fill(losses, Double.NaN);
        try (SequenceSweep sweep = new SequenceSweep(
                network, batches(batch), Documents.starts(), batch, Purpose.JUDGE, new Documents(network.backend()))) {
            sweep.run((pass, sequences) -> {
                float[] some = new float[batch];
                network.backend().download(pass.losses(), some);
                for (int i = 0; i < sequences.length; i++) {
                    assertTrue(Double.isNaN(losses[sequences[i]]), "a document comes once");
                    losses[sequences[i]] = some[i];
                }
            });
        }
        return losses;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 7, DOCUMENTS})
    void aDocumentsLossIsThatOfItByItself(int batch) {
        try (Backend backend = new CpuBackend(2);
                Network network = network(backend)) {
            assertArrayEquals(losses(network, 1), losses(network, batch), 1e-5);
        }
    }

    /** Trains, and goes on from another place in the order than the first where that is asked for. */
    private static float[] train(Network network, float rate, int first, int count) {
        SequenceBatches batches = batches(BATCH);
        int perEpoch = batches.batches();
        TrainingStep.Spec spec = new TrainingStep.Spec(
                30, BATCH, OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0), false, 0, perEpoch, 3);
        try (SequenceFeed feed = new SequenceFeed(
                        network.backend(),
                        batches,
                        Documents.starts(),
                        BATCH,
                        BatchShare.whole(BATCH),
                        new Documents(network.backend()));
                TrainingStep step = new TrainingStep(network, feed, spec)) {
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, rate);
            step.clock().setRates(rates);
            step.clock().set(first, first % perEpoch, first / perEpoch);
            for (int i = 0; i < count; i++) {
                step.run();
            }
            float[] history = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(history);
            return Arrays.copyOfRange(history, first, first + count);
        }
    }

    @Test
    void stepsReadTheBatchesOfTheirEpochs() {
        try (Backend backend = new CpuBackend(2);
                Network network = network(backend)) {
            double[] losses = losses(network, 1);
            SequenceBatches batches = batches(BATCH);
            assertTrue(batches.widths().length > 2, "several widths");
            float[] history = train(network, 0, 0, 2 * batches.batches());
            for (int k = 0; k < history.length; k++) {
                int place = k % batches.batches() * BATCH;
                int[] order = batches.epoch(k / batches.batches()).order();
                double mean = IntStream.range(place, place + BATCH)
                        .mapToDouble(i -> losses[order[i]])
                        .average()
                        .orElseThrow();
                assertEquals(mean, history[k], 1e-5, "step " + k);
            }
        }
    }

    @Test
    void goesOnInTheMiddleOfAnEpochAsIfItHadNeverStopped() {
        try (Backend backend = new CpuBackend(1);
                Network whole = network(backend);
                Network parts = network(backend)) {
            float[] losses = train(whole, 0.1f, 0, 17);
            train(parts, 0.1f, 0, 13);
            assertArrayEquals(Arrays.copyOfRange(losses, 13, 17), train(parts, 0.1f, 13, 4));
        }
    }

    /** So the gradients of all widths are the same sum. */
    @Test
    void learnsAsTheReferenceDoes() {
        try (Backend reference = new ReferenceBackend();
                Backend cpu = new CpuBackend(2);
                Network right = network(reference);
                Network network = network(cpu)) {
            float[] wanted = train(right, 0.3f, 0, 20);
            float[] found = train(network, 0.3f, 0, 20);
            assertArrayEquals(wanted, found, 1e-4f);
        }
    }
}
