package lstmgpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

class EvaluationPassTest {
    private static final ModelConfig CONFIG = new ModelConfig(Cell.LSTM, 9, 5, 8, 2, 0.4f, false);

    private static EvaluationResult evaluate(LanguageModel model, int[] text, int lanes, int steps) {
        try (TokenCorpus corpus = model.backend().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, lanes, steps)) {
            EvaluationResult first = pass.run();
            EvaluationResult again = pass.run();
            assertEquals(first.loss(), again.loss(), "a second pass starts from zero again");
            return first;
        }
    }

    /** Lane b is the text from b·⌊(N−1)/B⌋ on, by itself. */
    @Test
    void lanesAreTextsOfTheirOwn() {
        int[] text = TestText.cycle(103, 9);
        try (Backend backend = new CpuBackend(1);
                LanguageModel model = new LanguageModel(backend, CONFIG, Precision.FP32)) {
            model.initialise(2, Initialisation.UNIFORM);
            for (int lanes : new int[] {1, 2, 4, 102, 500}) {
                int used = Math.min(lanes, 102);
                int length = 102 / used;
                double sum = 0;
                double hits = 0;
                for (int lane = 0; lane < used; lane++) {
                    int[] part = Arrays.copyOfRange(text, lane * length, (lane + 1) * length + 1);
                    EvaluationResult one = evaluate(model, part, 1, 1000);
                    sum += one.loss() * one.tokens();
                    hits += one.accuracy() * one.tokens();
                }
                for (int steps : new int[] {1, 10, 25, 1000}) {
                    EvaluationResult result = evaluate(model, text, lanes, steps);
                    assertEquals((long) used * length, result.tokens());
                    assertEquals(sum / result.tokens(), result.loss(), 1e-6, lanes + " lanes of " + steps + " steps");
                    assertEquals(hits / result.tokens(), result.accuracy(), 1e-9);
                }
            }
        }
    }

    @Test
    void seesTheWeightsAsTheyAreNow() {
        int[] text = TestText.cycle(50, 9);
        try (Backend backend = new CpuBackend(1);
                LanguageModel model = new LanguageModel(backend, CONFIG, Precision.FP32);
                TokenCorpus corpus = backend.corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, 2, 10)) {
            model.initialise(2, Initialisation.UNIFORM);
            pass.run();
            model.initialise(3, Initialisation.UNIFORM);
            assertEquals(evaluate(model, text, 2, 10).loss(), pass.run().loss());
        }
    }
}
