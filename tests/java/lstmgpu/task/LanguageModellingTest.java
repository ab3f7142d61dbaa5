package lstmgpu.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Evaluator;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.network.Network;
import lstmgpu.network.TokenMetrics;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageModellingTest {
    private static final Measures MEASURES = new LanguageModelling(Runs.TOKENIZER, Runs.TEXT).measures();

    @TempDir
    private Path folder;

    private EvaluationResult trained(Backend backend, int steps) {
        Path path = folder.resolve("after-" + steps);
        Runs.train(backend, path, Runs.config(Cell.LSTM, 0), Runs.TEXT, Runs.settings(steps), new Runs.Observer());
        try (ModelDirectory directory = ModelDirectory.open(path);
                Network network = new Network(backend, directory.config(), Precision.FP32)) {
            network.load(directory.weights());
            Tokenizer tokenizer = directory.tokenizer();
            return Evaluator.evaluate(network, tokenizer, TestText.evaluation(tokenizer, TestText.rhyme(3)));
        }
    }

    /** Each metric says which values are better, and training has to agree. */
    @Test
    void trainingMakesEveryMetricBetter() {
        try (Backend backend = new CpuBackend(1)) {
            Map<Metric, Double> before = MEASURES.of(trained(backend, 0));
            Map<Metric, Double> after = MEASURES.of(trained(backend, 100));
            assertEquals(5, after.size());
            after.forEach((metric, value) -> {
                double gain = value - before.get(metric);
                assertTrue(
                        metric.better() == Metric.Better.HIGHER ? gain > 0 : gain < 0, metric.name() + " by " + gain);
            });
        }
    }

    /** While a network is trained nobody counts characters. */
    @Test
    void aLossTellsPerplexityAndNothingElse() {
        assertEquals(Map.of(TokenMetrics.PERPLEXITY, Math.E), MEASURES.ofLoss(1));
        EvaluationResult result = new EvaluationResult(1, 10, 1, Map.of(TokenMetrics.ACCURACY, 0.5));
        assertEquals(Map.of(TokenMetrics.PERPLEXITY, Math.E, TokenMetrics.ACCURACY, 0.5), MEASURES.of(result));
    }
}
