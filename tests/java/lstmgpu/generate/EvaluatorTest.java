package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.TokenMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatorTest {
    private static final String RHYME = TestText.rhyme(12);
    private static final Tokenizer LETTERS = TestText.tokenizer(RHYME);

    private static Network model(Backend backend, Tokenizer tokenizer, boolean tied) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.RNN_TANH, tokenizer.vocabularySize(), 6, 6, 1, 0.5f, tied);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(9, Initialisation.UNIFORM);
        return model;
    }

    /** −log p of every token but the first, by the formulas and nothing else. */
    private static double[] byHand(Network model, int[] ids) {
        float[] embedding = model.tensors().get("embedding.weight").values();
        float[] input = model.tensors().get("rnn.weight_ih_l0").values();
        float[] recurrent = model.tensors().get("rnn.weight_hh_l0").values();
        float[] bias = model.tensors().get("rnn.bias_ih_l0").values();
        float[] recurrentBias = model.tensors().get("rnn.bias_hh_l0").values();
        Tensor own = model.tensors().get("output.weight");
        float[] output = own == null ? embedding : own.values();
        float[] outputBias = model.tensors().get("output.bias").values();
        double[] hidden = new double[6];
        double[] losses = new double[ids.length - 1];
        for (int t = 0; t + 1 < ids.length; t++) {
            double[] next = new double[6];
            for (int unit = 0; unit < 6; unit++) {
                double sum = bias[unit] + recurrentBias[unit];
                for (int i = 0; i < 6; i++) {
                    sum += input[unit * 6 + i] * embedding[ids[t] * 6 + i] + recurrent[unit * 6 + i] * hidden[i];
                }
                next[unit] = Math.tanh(sum);
            }
            hidden = next;
            losses[t] = -logSoftmax(hidden, output, outputBias, ids[t + 1]);
        }
        return losses;
    }

    @Test
    void charactersWithoutATokenDoNotImproveTheFigures() {
        try (CpuBackend backend = new CpuBackend(1);
                Network model = model(backend, LETTERS, false)) {
            EvaluationResult plain = Evaluator.evaluate(model, LETTERS, TestText.evaluation(LETTERS, "one two"));
            EvaluationResult mixed =
                    Evaluator.evaluate(model, LETTERS, TestText.evaluation(LETTERS, "\u20aco\u20ac\u20acne two\u20ac"));
            assertEquals(plain.value(TokenMetrics.BITS_PER_CHARACTER), mixed.value(TokenMetrics.BITS_PER_CHARACTER));
            assertEquals(plain.value(TokenMetrics.BITS_PER_BYTE), mixed.value(TokenMetrics.BITS_PER_BYTE));
        }
    }

    private static double logSoftmax(double[] hidden, float[] output, float[] bias, int target) {
        double total = 0;
        double wanted = 0;
        for (int token = 0; token < bias.length; token++) {
            double logit = bias[token];
            for (int i = 0; i < hidden.length; i++) {
                logit += output[token * hidden.length + i] * hidden[i];
            }
            total += Math.exp(logit);
            wanted = token == target ? logit : wanted;
        }
        return wanted - Math.log(total);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isWhatTheFormulasSay(boolean tied) {
        for (int length : new int[] {2, 3, 256, 257, 258, RHYME.length()}) {
            String text = RHYME.substring(0, length);
            for (Backend backend : List.of(new ReferenceBackend(), new CpuBackend(1))) {
                try (backend;
                        Network model = model(backend, LETTERS, tied)) {
                    compare(model, text);
                }
            }
        }
    }

    private static void compare(Network model, String text) {
        double[] expected = byHand(model, LETTERS.encode(text).ids());
        List<ScoredToken> scored = new ArrayList<>();
        Scorer.score(model, LETTERS, TestText.evaluation(LETTERS, text), scored::add);
        assertEquals(expected.length, scored.size());
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(i + 1, scored.get(i).position());
            assertEquals(LETTERS.token(scored.get(i).id()), scored.get(i).token());
            assertEquals(-expected[i], scored.get(i).logprob(), 1e-5);
            sum += expected[i];
        }
        EvaluationResult result = Evaluator.evaluate(model, LETTERS, TestText.evaluation(LETTERS, text));
        double mean = sum / expected.length;
        assertEquals(mean, result.loss(), 1e-6);
        assertEquals(Math.exp(mean), result.value(TokenMetrics.PERPLEXITY), 1e-4);
        assertEquals(expected.length, result.count());
        assertEquals(mean / Math.log(2), result.value(TokenMetrics.BITS_PER_CHARACTER), 1e-5);
        assertEquals(mean / Math.log(2), result.value(TokenMetrics.BITS_PER_BYTE), 1e-5);
        double accuracy = result.value(TokenMetrics.ACCURACY);
        assertTrue(accuracy >= 0 && accuracy <= 1);
        assertTrue(result.rate() > 0);
    }

    @Test
    void countsCharactersAndBytesOfWhatWasPredicted() {
        Tokenizer bytes = new ByteTokenizer();
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend, bytes, false)) {
            EvaluationResult result = Evaluator.evaluate(model, bytes, TestText.evaluation(bytes, "aéé"));
            assertEquals(4, result.count());
            double bits = 4 * result.loss() / Math.log(2);
            assertEquals(bits / 2, result.value(TokenMetrics.BITS_PER_CHARACTER), 1e-9);
            assertEquals(bits / 4, result.value(TokenMetrics.BITS_PER_BYTE), 1e-9);
        }
    }

    /** What stands between white space, and a line feed each; what the first token begins is a word too. */
    @Test
    void countsWordsAndLineEndsOfWhatWasPredicted() {
        Tokenizer bytes = new ByteTokenizer();
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend, bytes, false)) {
            for (Map.Entry<String, Integer> each : Map.of(
                            "one two\tthree", 3, "one  two\n\nthree\n", 6, "o ne", 1, " é a\r\nb", 4)
                    .entrySet()) {
                EvaluationText text = TestText.evaluation(bytes, each.getKey());
                EvaluationResult result = Evaluator.evaluate(model, bytes, text);
                if (each.getValue() == 1) {
                    assertFalse(result.tells(TokenMetrics.PERPLEXITY_PER_WORD), "of one word nothing is told");
                } else {
                    double expected = Math.exp(result.loss() * result.count() / each.getValue());
                    assertEquals(
                            expected, result.value(TokenMetrics.PERPLEXITY_PER_WORD), 1e-9 * expected, each.getKey());
                }
            }
        }
    }

    @Test
    void aTextOfOneTokenOrOfAnotherVocabularyIsRefused() {
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend, LETTERS, false)) {
            LstmGpuException tooShort = assertThrows(
                    LstmGpuException.class,
                    () -> Evaluator.evaluate(model, LETTERS, TestText.evaluation(LETTERS, "o")));
            assertEquals(ExitCode.DATA, tooShort.exitCode());
            assertTrue(tooShort.getMessage().contains("test.txt"), tooShort.getMessage());
            Tokenizer bytes = new ByteTokenizer();
            LstmGpuException foreign = assertThrows(
                    LstmGpuException.class, () -> Evaluator.evaluate(model, bytes, TestText.evaluation(bytes, "one")));
            assertEquals(ExitCode.DATA, foreign.exitCode());
        }
    }
}
