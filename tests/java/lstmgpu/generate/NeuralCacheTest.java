package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeuralCacheTest {
    /** Longer than two stretches and no multiple of one. */
    private static final String TEXT = TestText.sentences(20).substring(0, 700);

    private static final Tokenizer LETTERS = TestText.tokenizer(TEXT);
    private static final int UNITS = 8;

    private static Network model(Backend backend) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, LETTERS.vocabularySize(), 6, UNITS, 2, 0.5f, false);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(9, Initialisation.UNIFORM);
        return model;
    }

    /** By the paper's sums over all that was read, token by token through a generator. */
    private static double byHand(NeuralCache cache) {
        int[] ids = LETTERS.encode(TEXT).ids();
        int vocabulary = LETTERS.vocabularySize();
        List<float[]> states = new ArrayList<>();
        double nats = 0;
        try (Backend backend = new ReferenceBackend();
                Network model = model(backend);
                GenerationStep step = new GenerationStep(
                        model,
                        new GenerationStep.Spec(1, new SamplingSpec(1, 0, 1, 0, 1, 1), 1, ids.length, false, false),
                        _ -> {})) {
            float[] logits = new float[vocabulary];
            for (int t = 0; t + 1 < ids.length; t++) {
                step.prompt(new int[] {ids[t]});
                step.predict(logits);
                RnnState state = step.state(0);
                float[] h = java.util.Arrays.copyOfRange(state.hidden(), UNITS, 2 * UNITS);
                double known = Math.exp(new LogProbabilities(logits, 0, vocabulary).of(ids[t + 1]));
                double all = 0;
                double wanted = 0;
                for (int i = Math.max(0, t - cache.window()); i < t; i++) {
                    double product = 0;
                    for (int unit = 0; unit < UNITS; unit++) {
                        product += (double) h[unit] * states.get(i)[unit];
                    }
                    double weight = Math.exp(cache.theta() * product);
                    all += weight;
                    wanted += ids[i + 1] == ids[t + 1] ? weight : 0;
                }
                nats -= Math.log(t == 0 ? known : (1 - cache.lambda()) * known + cache.lambda() * wanted / all);
                states.add(h);
            }
        }
        return nats / (ids.length - 1);
    }

    @ParameterizedTest
    @CsvSource({"reference, 100", "reference, 1", "cpu, 256", "cpu, 10000", "cuda, 300", "opencl, 300"})
    void isWhatTheFormulaSays(String name, int window) {
        NeuralCache cache = new NeuralCache(window, 0.8, 0.3);
        try (Backend backend =
                        switch (name) {
                            case "reference" -> new ReferenceBackend();
                            case "cpu" -> new CpuBackend(2);
                            case "cuda" -> CudaTestBackend.open();
                            default -> OpenClTestBackend.open();
                        };
                Network model = model(backend)) {
            double expected = byHand(cache);
            double actual = cache.evaluate(model, LETTERS, TestText.evaluation(LETTERS, TEXT))
                    .loss();
            assertEquals(expected, actual, 1e-6 * expected);
        }
    }

    @Test
    void aTunedCacheIsAtLeastAsGoodAsItsNeighbours() {
        EvaluationText text = TestText.evaluation(LETTERS, TEXT);
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend)) {
            double plain = Evaluator.evaluate(model, LETTERS, text).loss();
            NeuralCache tuned = NeuralCache.tune(model, LETTERS, text, 200);
            double best = tuned.evaluate(model, LETTERS, text).loss();
            assertTrue(best < plain, best + " and without " + plain);
            assertTrue(tuned.lambda() > 0 && tuned.lambda() < 1, tuned.toString());
            for (double share : new double[] {0.9, 1.05}) {
                NeuralCache other = new NeuralCache(200, tuned.theta(), tuned.lambda() * share);
                assertTrue(best <= other.evaluate(model, LETTERS, text).loss() + 1e-7, other.toString());
            }
            for (double theta : new double[] {0.01, 0.3, 3}) {
                NeuralCache other = new NeuralCache(200, theta, tuned.lambda());
                assertTrue(best <= other.evaluate(model, LETTERS, text).loss() + 1e-7, other.toString());
            }
        }
    }
}
