package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Precision;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses of values are what their names say. */
class ValueLossTest {
    /** Of a prediction among the Q of its value, and the value. */
    interface Formula {
        double loss(int quantile, double prediction, double value);
    }

    private static Arguments of(ValueLoss loss, Formula formula) {
        return Arguments.of(loss, formula);
    }

    static List<Arguments> losses() {
        double[] levels = {0.125, 0.75};
        return List.of(
                of(new ValueLoss.Squared(), (_, x, y) -> (x - y) * (x - y)),
                of(new ValueLoss.Absolute(), (_, x, y) -> Math.abs(x - y)),
                of(new ValueLoss.Huber(0.5f), (_, x, y) -> {
                    double e = Math.abs(x - y);
                    return e < 0.5 ? e * e / 2 : e / 2 - 0.125;
                }),
                of(
                        new ValueLoss.Quantiles(List.of(0.125f, 0.75f)),
                        (q, x, y) -> y > x ? levels[q] * (y - x) : (1 - levels[q]) * (x - y)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void everyPredictionHasTheLossOfItsName(ValueLoss loss, Formula formula) {
        int steps = 5;
        int sequences = 2;
        int targets = 3;
        NetworkConfig config =
                new NetworkConfig(new InputPart.Features(2), Cell.GRU, 6, 1, 0, new Head.Values(targets, loss));
        HeadCase filled = new HeadCase(config, Batch.Form.of(steps, sequences));
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, config, Precision.FP32);
                Pass pass = Pass.forward(network, filled.form(), Purpose.JUDGE, steps)) {
            network.initialise(HeadCase.SEED, Initialisation.UNIFORM);
            filled.fill(network, pass.batch());
            pass.refresh();
            pass.judge();
            float[] predictions = floats(backend, pass.predictions());
            float[] values = floats(backend, pass.batch().targets());
            float[] losses = floats(backend, pass.losses());
            int width = loss.predictions();
            assertEquals(steps * sequences * targets * width, losses.length);
            for (int i = 0; i < losses.length; i++) {
                assertEquals(formula.loss(i % width, predictions[i], values[i / width]), losses[i], 1e-5);
            }
        }
    }

    private static float[] floats(Backend backend, DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    @Test
    void numbersThatMakeNoLossAreRefused() {
        for (float delta : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new ValueLoss.Huber(delta));
        }
        for (List<Float> levels : List.of(
                List.<Float>of(),
                List.of(0f),
                List.of(1f),
                List.of(0.5f, 0.5f),
                List.of(0.5f, 0.2f),
                List.of(Float.NaN))) {
            assertThrows(IllegalArgumentException.class, () -> new ValueLoss.Quantiles(levels));
        }
    }
}
