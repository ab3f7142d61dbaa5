package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BeamSearchTest {
    private static final Tokenizer LETTERS = TestText.tokenizer("abcde");
    private static final int LENGTH = 4;
    private static final int[] PROMPT = {2, 0, 3};

    private final Backend backend = new CpuBackend(1);

    @AfterEach
    void close() {
        backend.close();
    }

    /** Far from even, so that the first token of the best text is not the most probable one. */
    private Network model(Cell cell) {
        NetworkConfig config = NetworkConfig.ofTokens(cell, LETTERS.vocabularySize(), 6, 12, 2, 0, false);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(3, Initialisation.ORTHOGONAL);
        return model;
    }

    private static double logprob(Network model, int[] text) {
        List<ScoredToken> scored = new ArrayList<>();
        Scorer.score(model, LETTERS, new EvaluationText(TestText.segment(text), 1, 1, 1, "test"), scored::add);
        return scored.stream()
                .filter(token -> token.position() >= PROMPT.length)
                .mapToDouble(ScoredToken::logprob)
                .sum();
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void enoughBeamsFindTheMostProbableTextOfAll(Cell cell) {
        int vocabulary = LETTERS.vocabularySize();
        int count = (int) Math.pow(vocabulary, LENGTH);
        try (Network model = model(cell)) {
            double best = Double.NEGATIVE_INFINITY;
            int[] text = new int[PROMPT.length + LENGTH];
            System.arraycopy(PROMPT, 0, text, 0, PROMPT.length);
            for (int number = 0; number < count; number++) {
                for (int i = 0, rest = number; i < LENGTH; i++, rest /= vocabulary) {
                    text[PROMPT.length + i] = rest % vocabulary;
                }
                best = Math.max(best, logprob(model, text));
            }
            GeneratedText found =
                    new BeamSearch(model, LETTERS, (int) Math.pow(vocabulary, LENGTH - 1)).run(PROMPT, LENGTH);
            System.arraycopy(found.tokens(), 0, text, PROMPT.length, LENGTH);
            assertEquals(best, logprob(model, text), 1e-6);
            double told = 0;
            for (float logprob : found.logprobs()) {
                told += logprob;
            }
            assertEquals(best, told, 1e-5);
        }
    }

    @Test
    void oneBeamIsGreedyAndMoreAreNotWorse() {
        GenerationSettings greedy = new GenerationSettings(30, 0, 0, 1, 0, true, 1, List.of(), 0, 1, true);
        try (Network model = model(Cell.LSTM);
                Generator generator = new Generator(model, LETTERS, greedy)) {
            GeneratedText drawn = generator.generate(PROMPT, TextSink.NONE).getFirst();
            GeneratedText one = new BeamSearch(model, LETTERS, 1).run(PROMPT, 30);
            assertArrayEquals(drawn.tokens(), one.tokens());
            assertEquals(drawn.text(), one.text());
            GeneratedText eight = new BeamSearch(model, LETTERS, 8).run(PROMPT, 30);
            assertTrue(sum(eight) >= sum(one) - 1e-5, sum(eight) + " and " + sum(one));
        }
    }

    private static double sum(GeneratedText text) {
        double sum = 0;
        for (float logprob : text.logprobs()) {
            sum += logprob;
        }
        return sum;
    }
}
