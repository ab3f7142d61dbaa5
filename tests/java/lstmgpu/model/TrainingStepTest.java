package lstmgpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
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
    private static final ModelConfig CONFIG = new ModelConfig(Cell.LSTM, 9, 5, 8, 2, 0, false);

    private final Backend backend = new CpuBackend(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private static float[] losses(LanguageModel model, boolean carried) {
        BatchSpec batch = new BatchSpec(STEPS, BATCH, 0, STEPS * COUNT, STEPS, false, 0, 0);
        TrainingStep.Spec spec =
                new TrainingStep.Spec(batch, OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0), carried, COUNT, 1);
        try (TokenCorpus corpus = model.backend().corpus(TestText.segment(TEXT), 1);
                TrainingStep step = new TrainingStep(model, corpus, spec)) {
            step.clock().set(0, 0, 0);
            for (int i = 0; i < COUNT; i++) {
                step.run();
            }
            float[] history = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(history);
            return Arrays.copyOf(history, COUNT);
        }
    }

    private static double loss(LanguageModel model, int[] text, int lanes) {
        try (TokenCorpus corpus = model.backend().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, lanes, STEPS)) {
            return pass.run().loss();
        }
    }

    @Test
    void aCarriedStateGoesOnFromStepToStep() {
        try (LanguageModel model = new LanguageModel(backend, CONFIG, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            double mean = 0;
            for (float loss : losses(model, true)) {
                mean += loss / COUNT;
            }
            assertEquals(loss(model, TEXT, BATCH), mean, 1e-6);
        }
    }

    @Test
    void withoutCarryingEveryStepStartsFromZero() {
        try (LanguageModel model = new LanguageModel(backend, CONFIG, Precision.FP32)) {
            model.initialise(4, Initialisation.ORTHOGONAL);
            float[] losses = losses(model, false);
            for (int k = 0; k < COUNT; k++) {
                double mean = 0;
                for (int lane = 0; lane < BATCH; lane++) {
                    int start = lane * STEPS * COUNT + k * STEPS;
                    mean += loss(model, Arrays.copyOfRange(TEXT, start, start + STEPS + 1), 1) / BATCH;
                }
                assertEquals(mean, losses[k], 1e-6, "step " + k);
            }
        }
    }
}
