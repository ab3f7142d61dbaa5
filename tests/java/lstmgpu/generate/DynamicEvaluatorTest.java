package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.DynamicEvaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formulas themselves are judged by PyTorch's numbers in tests/peers/test_evaluation.py. */
class DynamicEvaluatorTest {
    private static final String RHYME = TestText.rhyme(8).substring(0, 103);
    private static final Tokenizer LETTERS = TestText.tokenizer(RHYME);
    private static final EvaluationText TEXT = TestText.evaluation(LETTERS, RHYME);
    private static final EvaluationText LEARNT = TestText.evaluation(LETTERS, TestText.rhyme(4));
    private static final DynamicEvaluation.Settings RMS = new DynamicEvaluation.Settings(5, 0.01f, 0.1f, 1e-3f);

    private static Network model(Backend backend) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, LETTERS.vocabularySize(), 6, 8, 2, 0.5f, false);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(9, Initialisation.UNIFORM);
        return model;
    }

    private static EvaluationResult evaluate(Backend backend, DynamicEvaluation.Settings settings, boolean rms) {
        try (Network model = model(backend)) {
            return DynamicEvaluator.evaluate(model, LETTERS, TEXT, settings, rms ? LEARNT : null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda", "opencl"})
    void isTheSameOnEveryBackend(String name) {
        try (Backend backend =
                        switch (name) {
                            case "cpu" -> new CpuBackend(2);
                            case "cuda" -> CudaTestBackend.open();
                            default -> OpenClTestBackend.open();
                        };
                Backend reference = new ReferenceBackend()) {
            for (boolean rms : new boolean[] {false, true}) {
                EvaluationResult expected = evaluate(reference, RMS, rms);
                assertEquals(expected.loss(), evaluate(backend, RMS, rms).loss(), 1e-4 * expected.loss());
            }
        }
    }

    /** Without decay the SGD form is a training run over the text in one sequence, each loss that before its step. */
    @Test
    void withoutDecayItIsTraining() {
        DynamicEvaluation.Settings settings = new DynamicEvaluation.Settings(6, 0.2f, 0, 0);
        int segments = (RHYME.length() - 1) / settings.length();
        OptimizerSpec sgd = OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0);
        BatchSpec batches = new BatchSpec(settings.length(), 1, 0, 0, settings.length(), false, 0, 0);
        try (Backend backend = new ReferenceBackend();
                Network model = model(backend);
                Network trained = DynamicEvaluation.undropped(model);
                TokenFeed feed = new TokenFeed(backend, TEXT.tokens(), 1, batches);
                TrainingStep step = new TrainingStep(
                        trained, feed, new TrainingStep.Spec(settings.length(), 1, sgd, true, 0, 1 << 20, 1))) {
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, settings.rate());
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            for (int i = 0; i < segments; i++) {
                step.run();
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            double sum = 0;
            for (int i = 0; i < segments; i++) {
                sum += losses[i];
            }
            assertEquals(0, (RHYME.length() - 1) % settings.length(), "no tail, which training would leave out");
            double actual = DynamicEvaluator.evaluate(model, LETTERS, TEXT, settings, null)
                    .loss();
            assertEquals(sum / segments, actual, 1e-6);
        }
    }

    @Test
    void withoutARateItIsThePlainFigureAndTheModelStaysAsItIs() {
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend)) {
            double plain = Evaluator.evaluate(model, LETTERS, TEXT).loss();
            float[] before = model.tensors().get("rnn.weight_hh_l0").values();
            DynamicEvaluation.Settings still = new DynamicEvaluation.Settings(7, 0, 0.1f, 1e-3f);
            EvaluationResult result = DynamicEvaluator.evaluate(model, LETTERS, TEXT, still, LEARNT);
            assertEquals(plain, result.loss(), 1e-6);
            assertEquals(RHYME.length() - 1, result.count());
            assertNotEquals(
                    plain,
                    DynamicEvaluator.evaluate(model, LETTERS, TEXT, RMS, LEARNT).loss(),
                    1e-3);
            assertArrayEquals(before, model.tensors().get("rnn.weight_hh_l0").values(), "the trained weights moved");
        }
    }

    @Test
    void aTextShorterThanASegmentAndOneWithoutARestAreMeasured() {
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend)) {
            for (int length : new int[] {2, 5, 6, 11}) {
                EvaluationText text = TestText.evaluation(LETTERS, RHYME.substring(0, length));
                DynamicEvaluation.Settings still = new DynamicEvaluation.Settings(5, 0, 0, 0);
                double plain = Evaluator.evaluate(model, LETTERS, text).loss();
                assertEquals(
                        plain,
                        DynamicEvaluator.evaluate(model, LETTERS, text, still, null)
                                .loss(),
                        1e-6,
                        length + " tokens");
            }
        }
    }

    @Test
    void aLossThatDivergesIsRefusedByTheNameOfItsFlag() {
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend)) {
            DynamicEvaluation.Settings wild = new DynamicEvaluation.Settings(5, 1e38f, 0, 1e-3f);
            LstmGpuException refused = assertThrows(
                    LstmGpuException.class, () -> DynamicEvaluator.evaluate(model, LETTERS, TEXT, wild, null));
            assertEquals(ExitCode.DATA, refused.exitCode());
            assertTrue(refused.getMessage().contains("--dynamic-lr"), refused.getMessage());
            EvaluationText little = TestText.evaluation(LETTERS, "one");
            assertThrows(LstmGpuException.class, () -> DynamicEvaluator.evaluate(model, LETTERS, TEXT, RMS, little));
        }
    }
}
