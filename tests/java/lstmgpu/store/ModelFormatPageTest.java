package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import lstmgpu.Python;
import lstmgpu.backend.Cell;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The Python lines of docs/model-format.md load a model that gives what the formulas of {@link Cell} give. */
@Execution(ExecutionMode.CONCURRENT)
class ModelFormatPageTest {
    private static final int[] TOKENS = {1, 0, 2};

    @TempDir
    private Path folder;

    @Test
    void theExampleGivesTheProbabilitiesOfTheFormulas() throws Exception {
        assumeTrue(
                Python.run(folder, "import torch, safetensors.torch").exitCode() == 0,
                "python3 has no packages torch and safetensors");
        String page = Files.readString(Path.of("docs/model-format.md"));
        String example = page.substring(page.indexOf("```python\n") + 10, page.indexOf("\n```\n"));
        assertTrue(example.lines().count() <= 10, "the page promises ten lines");
        for (boolean tied : new boolean[] {false, true}) {
            long seed = new Random().nextLong();
            NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 3, tied ? 5 : 4, 5, 2, 0, tied);
            Map<String, Tensor> weights = random(config, new Random(seed));
            try (ModelDirectory directory = ModelDirectory.create(folder.resolve("model"), true)) {
                directory.saveConfig(config, "language-model");
                directory.saveWeights(weights);
            }
            Python.Output output = Python.run(folder, example);
            assertEquals(0, output.exitCode(), output.text());
            JsonNode actual = new ObjectMapper().readTree(output.text());
            double[] expected = logProbabilities(config, weights);
            assertEquals(expected.length, actual.size());
            for (int token = 0; token < expected.length; token++) {
                assertEquals(expected[token], actual.get(token).doubleValue(), 1e-5, "seed " + seed);
            }
        }
    }

    private static double[] logProbabilities(NetworkConfig config, Map<String, Tensor> weights) {
        double[][] h = new double[config.layers()][config.hiddenSize()];
        double[][] c = new double[config.layers()][config.hiddenSize()];
        for (int token : TOKENS) {
            double[] x = row(weights.get("embedding.weight"), token);
            for (int layer = 0; layer < config.layers(); layer++) {
                step(weights, "_l" + layer, x, h[layer], c[layer]);
                x = h[layer];
            }
        }
        Tensor output = weights.get(config.tieWeights() ? "embedding.weight" : "output.weight");
        double[] logits = product(output, h[config.layers() - 1], weights.get("output.bias"));
        double sum = Arrays.stream(logits).map(Math::exp).sum();
        return Arrays.stream(logits).map(logit -> logit - Math.log(sum)).toArray();
    }

    private static void step(Map<String, Tensor> weights, String layer, double[] x, double[] h, double[] c) {
        double[] a = product(weights.get("rnn.weight_ih" + layer), x, weights.get("rnn.bias_ih" + layer));
        double[] b = product(weights.get("rnn.weight_hh" + layer), h, weights.get("rnn.bias_hh" + layer));
        int size = h.length;
        for (int unit = 0; unit < size; unit++) {
            double input = sigmoid(a[unit] + b[unit]);
            double forget = sigmoid(a[size + unit] + b[size + unit]);
            double candidate = Math.tanh(a[2 * size + unit] + b[2 * size + unit]);
            double gate = sigmoid(a[3 * size + unit] + b[3 * size + unit]);
            c[unit] = forget * c[unit] + input * candidate;
            h[unit] = gate * Math.tanh(c[unit]);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] product(Tensor matrix, double[] x, Tensor bias) {
        double[] y = new double[matrix.shape().get(0)];
        for (int i = 0; i < y.length; i++) {
            double[] row = row(matrix, i);
            y[i] = bias.values()[i];
            for (int k = 0; k < x.length; k++) {
                y[i] += row[k] * x[k];
            }
        }
        return y;
    }

    private static double[] row(Tensor matrix, int index) {
        int columns = matrix.shape().get(1);
        double[] row = new double[columns];
        for (int k = 0; k < columns; k++) {
            row[k] = matrix.values()[index * columns + k];
        }
        return row;
    }

    private static Map<String, Tensor> random(NetworkConfig config, Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        config.tensorShapes().forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            tensors.put(name, new Tensor(shape, values));
        });
        return tensors;
    }
}
