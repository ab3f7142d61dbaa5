package lstmgpu.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.network.Head;
import lstmgpu.network.Initialisation;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.ZoneoutRates;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GradientTraceTest {
    private static final int VOCABULARY = 9;
    private static final int HIDDEN = 6;
    private static final int LAYERS = 3;
    private static final int DISTANCES = 7;
    private static final double STEP = 1e-5;
    private static final int[] TEXT = TestText.cycle(40, VOCABULARY);

    private static NetworkConfig config(Cell cell, boolean tied) {
        return NetworkConfig.ofTokens(cell, VOCABULARY, tied ? HIDDEN : 5, HIDDEN, LAYERS, 0.5f, tied);
    }

    private static Map<String, Tensor> tensors(NetworkConfig config) {
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, config, Precision.FP32)) {
            network.initialise(5, Initialisation.ORTHOGONAL);
            return network.tensors();
        }
    }

    /** A network whose state can be pushed in the middle of a text. */
    private record Pushed(NetworkConfig config, Map<String, Tensor> tensors) {
        /** The loss of the token after {@code place}, when one unit's h after one step is {@code by} larger. */
        double loss(int place, int layer, int distance, int unit, double by) {
            GateTraceLayer[] layers = new GateTraceLayer[config.layers()];
            for (int l = 0; l < layers.length; l++) {
                layers[l] = new GateTraceLayer(config, tensors, l);
            }
            double[] below = {};
            for (int t = Math.max(0, place - 2 * DISTANCES); t <= place; t++) {
                below = row(InputPart.Tokens.EMBEDDING, TEXT[t]);
                for (int l = 0; l < layers.length; l++) {
                    layers[l].step(below);
                    below = layers[l].shown();
                    if (l == layer && t == place - distance) {
                        below[unit] += by;
                    }
                }
            }
            return loss(below, TEXT[place + 1]);
        }

        private double loss(double[] h, int next) {
            double sum = 0;
            double wanted = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                double[] weights = row(config.tieWeights() ? InputPart.Tokens.EMBEDDING : Head.WEIGHT, v);
                double logit = tensors.get(Head.BIAS).values()[v];
                for (int j = 0; j < h.length; j++) {
                    logit += weights[j] * h[j];
                }
                sum += Math.exp(logit);
                wanted = v == next ? logit : wanted;
            }
            return Math.log(sum) - wanted;
        }

        private double[] row(String name, int row) {
            Tensor tensor = tensors.get(name);
            double[] values = new double[tensor.shape().get(1)];
            for (int k = 0; k < values.length; k++) {
                values[k] = tensor.values()[row * values.length + k];
            }
            return values;
        }
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void normsAreThoseOfFiniteDifferences(Cell cell) {
        check(config(cell, false), DISTANCES);
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void whatUnitsKeepGoesStraightBack(Cell cell) {
        check(config(cell, false).withZoneout(new ZoneoutRates(cell.hasCellState() ? 0.4f : 0, 0.2f)), DISTANCES);
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void tiedWeightsAreTheEmbedding(Cell cell) {
        check(config(cell, true), 2 * DISTANCES + 5);
    }

    @ParameterizedTest
    @EnumSource(
            value = Cell.class,
            names = {"LSTM", "LSTM_COUPLED", "LSTM_PEEPHOLE"})
    void projectionsAreGoneThroughBothWays(Cell cell) {
        check(config(cell, false).withProjection(4), DISTANCES);
    }

    private static void check(NetworkConfig config, int place) {
        Pushed pushed = new Pushed(config, tensors(config));
        double[][][] norms = new GradientTrace(config, pushed.tensors()).norms(TEXT, new int[] {place, 30}, DISTANCES);
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int k = 0; k <= DISTANCES; k++) {
                double squares = 0;
                for (int unit = 0; unit < config.outputSize(); unit++) {
                    double more = pushed.loss(place, layer, k, unit, STEP);
                    double less = pushed.loss(place, layer, k, unit, -STEP);
                    squares += Math.pow((more - less) / (2 * STEP), 2);
                }
                double expected = Math.sqrt(squares);
                assertEquals(expected, norms[0][layer][k], 1e-5 * expected + 1e-9, "layer " + layer + ", k " + k);
            }
        }
    }

    /** Means, medians, shares and where they fall; what grows is told before what falls. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4,2,0.2,0.002  | 3  | layer 0: the gradient is below 1 % of its size from 3 tokens back on: it"
                        + " vanishes",
                "4,2,1,0.4      | -1 | layer 0: the gradient still has 10.0 % of its size 3 tokens back, the farthest"
                        + " looked at",
                "4,40,1,0.001   | 3  | layer 0: the gradient grows to 10.0 times its size 1 token back: it explodes"
            })
    void aSentenceSaysWhatTheNumbersShow(String numbers, int end, String sentence) {
        String[] list = numbers.split(",");
        double[][][] norms = new double[3][1][list.length];
        for (int k = 0; k < list.length; k++) {
            double mean = Double.parseDouble(list[k].strip());
            norms[0][0][k] = 0.5 * mean;
            norms[1][0][k] = 2 * mean;
            norms[2][0][k] = 0.5 * mean;
        }
        GradientReach reach = GradientReach.of(norms, 0);
        assertEquals(end, reach.vanishesAt());
        assertEquals(sentence, reach.sentence());
        assertEquals(Double.parseDouble(list[1]), reach.means()[1], 1e-12);
        assertEquals(Double.parseDouble(list[1]) / 2, reach.medians()[1], 1e-12);
        assertArrayEquals(new int[] {0, 1, 2, 3}, GradientReach.shown(reach.farthest()));
    }
}
