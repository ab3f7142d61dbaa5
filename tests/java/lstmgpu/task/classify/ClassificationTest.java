package lstmgpu.task.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.InputTexts;
import lstmgpu.data.TextOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Feed;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.TrainingStep;
import lstmgpu.task.Batching;
import lstmgpu.task.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The task itself: what a step reads, on every backend. */
class ClassificationTest {
    private static final int COUNT = 30;
    private static final int STEPS = 12;
    private static final int BATCH = 5;
    private static final Labels LABELS = new Labels(List.of("a", "b", "c"));
    private static final EncodedDocuments DOCUMENTS = documents();
    private static final Classifier CLASSIFIER =
            new Classifier(LABELS, DocumentColumns.DEFAULT, 20, List.of(0.5f, 1f, 1.5f));
    private static final NetworkConfig CONFIG = new NetworkConfig(
            new InputPart.Tokens(5, 4), Cell.LSTM, 5, 1, true, 0, new Head.SequenceClass(3, Pooling.LAST));

    /** Of 1 to 19 tokens, of each class the same number. */
    private static EncodedDocuments documents() {
        SplittableRandom random = new SplittableRandom(4);
        int[] lengths = random.ints(COUNT, 1, 20).toArray();
        int[] starts = new int[COUNT];
        int end = 1;
        for (int i = 0; i < COUNT; i++) {
            starts[i] = end;
            end += lengths[i];
        }
        int[] classes = IntStream.range(0, COUNT).map(i -> i % 3).toArray();
        int[] tokens = random.ints(end, 0, 5).toArray();
        tokens[0] = 0;
        return new EncodedDocuments(tokens, starts, lengths, classes);
    }

    private static Classification task() {
        Tokenizer tokenizer = Vocabulary.build("char", List.of("abcde"), "a text", TextOptions.DEFAULT);
        DataSource source = new DataSource("texts", "00", InputTexts.NONE, InputTexts.NONE);
        return new Classification(tokenizer, CLASSIFIER, new Classification.Data(DOCUMENTS, DOCUMENTS, source, null));
    }

    /** The losses of a few steps, and then the loss on all. */
    private static float[] train(Backend backend) {
        Classification task = task();
        BatchPlan plan = task.plan(new Batching(BATCH, 1, 0, false, 3));
        try (Network network = new Network(backend, CONFIG, Precision.FP32)) {
            network.initialise(5, Initialisation.UNIFORM);
            try (Feed feed = task.feed(backend, plan);
                    TrainingStep step = new TrainingStep(
                            network,
                            feed,
                            new TrainingStep.Spec(
                                    plan.spec().steps(),
                                    BATCH,
                                    OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0),
                                    false,
                                    0,
                                    plan.stepsPerEpoch(),
                                    3))) {
                float[] rates = new float[StepClock.RATES];
                Arrays.fill(rates, 0.3f);
                step.clock().setRates(rates);
                step.clock().set(0, 0, 0);
                for (int i = 0; i < STEPS; i++) {
                    step.run();
                }
                float[] history = new float[TrainingStep.LOSS_HISTORY];
                step.readLosses(history);
                float[] losses = Arrays.copyOf(history, STEPS + 1);
                try (var evaluation = task.evaluation(network, BATCH, 1)) {
                    losses[STEPS] = (float) evaluation.run().loss();
                }
                return losses;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "opencl", "cuda"})
    void everyBackendTrainsAndJudgesAsTheReferenceDoes(String name) {
        float[] wanted;
        try (Backend reference = new ReferenceBackend()) {
            wanted = train(reference);
        }
        try (Backend backend =
                switch (name) {
                    case "cpu" -> new CpuBackend(2);
                    case "opencl" -> OpenClTestBackend.open();
                    default -> CudaTestBackend.open();
                }) {
            assertArrayEquals(wanted, train(backend), 1e-5f);
            if (name.equals("cpu")) { // The others keep blocks to lend them again.
                assertEquals(0, backend.allocatedBytes());
            }
        }
        assertTrue(wanted[STEPS] > 0 && wanted[STEPS] < 2, Arrays.toString(wanted));
    }

    /** With weights of classes the loss is the weighted mean, and their scale does not matter. */
    @Test
    void classesCountAsTheirWeightsSay() {
        try (Backend backend = new CpuBackend(1);
                Network network = new Network(backend, CONFIG, Precision.FP32)) {
            network.initialise(5, Initialisation.UNIFORM);
            double[] losses = new double[3];
            for (int only = 0; only < 3; only++) {
                int wanted = only;
                List<Float> weights = IntStream.range(0, 3)
                        .mapToObj(i -> i == wanted ? 1f : 1e-30f)
                        .toList();
                losses[only] = loss(network, weights);
            }
            double mean = (0.5 * losses[0] + losses[1] + 1.5 * losses[2]) / 3;
            assertEquals(mean, loss(network, List.of(0.5f, 1f, 1.5f)), 1e-6);
            assertEquals(mean, loss(network, List.of(1f, 2f, 3f)), 1e-6);
        }
    }

    private static double loss(Network network, List<Float> weights) {
        Classifier classifier = new Classifier(LABELS, DocumentColumns.DEFAULT, 20, weights);
        try (DocumentEvaluation evaluation = new DocumentEvaluation(network, classifier, DOCUMENTS, 7)) {
            EvaluationResult result = evaluation.run();
            assertEquals(COUNT, evaluation.confusion().total());
            return result.loss();
        }
    }

    @Test
    void balancedWeightsMakeEveryClassCountAlike() {
        List<Float> weights = ClassWeights.of("balanced", LABELS, new long[] {60, 30, 10});
        assertEquals(100 / 3.0, 60 * weights.get(0), 1e-4);
        assertEquals(100 / 3.0, 10 * weights.get(2), 1e-4);
        List<Float> given = ClassWeights.of("b=2,c=0.5", LABELS, new long[] {50, 25, 25});
        assertEquals(2, given.get(1) / given.get(0), 1e-6);
        assertEquals(0.5, given.get(2) / given.get(0), 1e-6);
        assertEquals(100, 50 * given.get(0) + 25 * given.get(1) + 25 * given.get(2), 1e-4);
        assertEquals(List.of(1f, 1f, 1f), ClassWeights.of(null, LABELS, new long[] {5, 6, 7}));
    }
}
