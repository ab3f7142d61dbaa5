package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Philox;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a learning rate of zero, training steps are nothing but an evaluation in pieces. */
class TrainingStepTest {
    private static final int STEPS = 6;
    private static final int BATCH = 3;
    private static final int COUNT = 4;
    private static final int[] TEXT = TestText.cycle(STEPS * BATCH * COUNT + 1, 9);
    private static final NetworkConfig CONFIG = NetworkConfig.ofTokens(Cell.LSTM, 9, 5, 8, 2, 0, false);

    private final Backend backend = new CpuBackend(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private static final long SEED = 1;

    private static float[] losses(Network model, boolean carried, float reset) {
        BatchSpec batch = new BatchSpec(STEPS, BATCH, 0, STEPS * COUNT, STEPS, false, 0, 0);
        TrainingStep.Spec spec = new TrainingStep.Spec(
                batch.steps(),
                batch.batch(),
                OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0),
                carried,
                reset,
                COUNT,
                SEED);
        try (TokenFeed feed = new TokenFeed(model.backend(), TestText.segment(TEXT), 1, batch);
                TrainingStep step = new TrainingStep(model, feed, spec)) {
            step.clock().set(0, 0, 0);
            for (int i = 0; i < COUNT; i++) {
                step.run();
            }
            float[] history = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(history);
            return Arrays.copyOf(history, COUNT);
        }
    }

    /** The mean over some steps of a sequence, read from a zero state. */
    private static double loss(Network model, int sequence, int step, int count) {
        int start = (sequence * COUNT + step) * STEPS;
        int[] text = Arrays.copyOfRange(TEXT, start, start + count * STEPS + 1);
        try (TokenCorpus corpus = model.backend().texts().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, STEPS)) {
            return pass.run().loss();
        }
    }

    private static double mean(float[] losses) {
        double sum = 0;
        for (float loss : losses) {
            sum += loss;
        }
        return sum / losses.length;
    }

    @Test
    void aCarriedStateGoesOnFromStepToStep() {
        try (Network model = new Network(backend, CONFIG, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            double expected = 0;
            for (int sequence = 0; sequence < BATCH; sequence++) {
                expected += loss(model, sequence, 0, COUNT) / BATCH;
            }
            assertEquals(expected, mean(losses(model, true, 0)), 1e-6);
        }
    }

    /** Plain gradient descent moves the weights by the rate times the gradients. */
    @Test
    void theNormOfEachStepsGradientsIsKept() {
        float rate = 0.5f;
        BatchSpec batch = new BatchSpec(STEPS, BATCH, 0, STEPS * COUNT, STEPS, false, 0, 0);
        OptimizerSpec descent = OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0);
        TrainingStep.Spec spec = new TrainingStep.Spec(STEPS, BATCH, descent, false, 0, COUNT, SEED);
        try (Network model = new Network(backend, CONFIG, Precision.FP32);
                TokenFeed feed = new TokenFeed(backend, TestText.segment(TEXT), 1, batch);
                TrainingStep step = new TrainingStep(model, feed, spec)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, rate);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            double[] moved = new double[COUNT];
            float[] before = weights(model);
            for (int i = 0; i < COUNT; i++) {
                step.run();
                float[] after = weights(model);
                for (int w = 0; w < after.length; w++) {
                    moved[i] += Math.pow(((double) after[w] - before[w]) / rate, 2);
                }
                before = after;
            }
            float[] norms = new float[TrainingStep.LOSS_HISTORY];
            step.readGradientNorms(norms);
            for (int i = 0; i < COUNT; i++) {
                assertEquals(Math.sqrt(moved[i]), norms[i], 1e-4 * norms[i] + 1e-6);
            }
        }
    }

    private static float[] weights(Network model) {
        float[] weights = new float[Math.toIntExact(model.parameters().length())];
        model.backend().download(model.parameters(), weights);
        return weights;
    }

    @Test
    void aSequenceThatIsDrawnBeginsAnew() {
        float probability = 0.4f;
        try (Network model = new Network(backend, CONFIG, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            double expected = 0;
            int drawn = 0;
            int[] words = new int[4];
            for (int sequence = 0; sequence < BATCH; sequence++) {
                int begun = 0;
                for (int step = 1; step <= COUNT; step++) {
                    Philox.block(SEED, Philox.RESET, step, 0, words, 0);
                    boolean anew = Integer.toUnsignedLong(words[sequence]) < probability * 0x1p32;
                    if (step == COUNT || anew) {
                        expected += loss(model, sequence, begun, step - begun) * (step - begun) / COUNT / BATCH;
                        drawn += step < COUNT ? 1 : 0;
                        begun = step;
                    }
                }
            }
            assertTrue(drawn > 0 && drawn < BATCH * (COUNT - 1), "some sequences are drawn and some are not");
            assertEquals(expected, mean(losses(model, true, probability)), 1e-6);
        }
    }

    @Test
    void withoutCarryingEveryStepStartsFromZero() {
        try (Network model = new Network(backend, CONFIG, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            float[] losses = losses(model, false, 0.4f);
            for (int k = 0; k < COUNT; k++) {
                double expected = 0;
                for (int sequence = 0; sequence < BATCH; sequence++) {
                    expected += loss(model, sequence, k, 1) / BATCH;
                }
                assertEquals(expected, losses[k], 1e-6, "step " + k);
            }
        }
    }

    /** Whoever adds up writes into the gradients until it is told to leave them. */
    @Test
    void whatWasBegunIsAbandonedBeforeItsMemoryGoes() {
        List<Integer> alive = new ArrayList<>();
        RecordingPeers peers = new RecordingPeers(backend, 1) {
            @Override
            public void end() {
                throw new IllegalStateException("the other one is lost");
            }

            @Override
            public void abandon() {
                begun().forEach(each -> alive.add(read(each).length));
            }
        };
        BatchSpec batch = new BatchSpec(STEPS, BATCH, 0, STEPS * COUNT, STEPS, false, 0, 0);
        OptimizerSpec sgd = OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0);
        TrainingStep.Spec spec = new TrainingStep.Spec(STEPS, BATCH, sgd, true, 0, COUNT, SEED);
        assertThrows(IllegalStateException.class, () -> {
            try (Network model = new Network(backend, CONFIG, Precision.FP32);
                    TokenFeed feed = new TokenFeed(backend, TestText.segment(TEXT), 1, batch);
                    TrainingStep step = new TrainingStep(model, feed, spec, peers)) {
                step.clock().set(0, 0, 0);
                step.run();
            }
        });
        assertEquals(CONFIG.layers() + 1, alive.size());
    }
}
