package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.ThreadPeers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DividedPassTest {
    private static final int STEPS = 64;

    /** Recurrent weights so many times larger make small differences grow. */
    private static final float CHAOS = 7;

    private static final float OVERFLOW = 1e9f;

    /** What a process came to, and how many steps it read for that. */
    private record Found(double loss, double accuracy, long count, int read) {}

    private static Network model(Backend backend, Cell cell, float scale) {
        NetworkConfig config = NetworkConfig.ofTokens(cell, 9, 5, 8, 2, 0.4f, false);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(2, Initialisation.UNIFORM);
        Map<String, Tensor> weights = new HashMap<>();
        model.tensors().forEach((name, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] *= name.contains("weight_hh") ? scale : 1;
            }
            weights.put(name, new Tensor(tensor.shape(), values));
        });
        model.load(weights);
        return model;
    }

    private static int[] text(int length) {
        return new Random(4).ints(length, 0, 9).toArray();
    }

    private static Found alone(Cell cell, float scale, int[] text) {
        try (Backend backend = new CpuBackend(1);
                Network model = model(backend, cell, scale);
                TokenCorpus corpus = backend.texts().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, STEPS)) {
            EvaluationResult result = pass.run();
            return new Found(result.loss(), result.value(TokenMetrics.ACCURACY), result.count(), 0);
        }
    }

    private static Found divided(Backend backend, Peers peers, Cell cell, float scale, int[] text) {
        try (Network model = model(backend, cell, scale);
                TokenCorpus corpus = backend.texts().corpus(TestText.segment(text), 1);
                DividedPass pass = new DividedPass(model, corpus, STEPS, peers)) {
            EvaluationResult first = pass.run();
            EvaluationResult again = pass.run();
            assertEquals(first.loss(), again.loss(), "a second pass starts from zero again");
            return new Found(first.loss(), first.value(TokenMetrics.ACCURACY), first.count(), pass.read());
        }
    }

    private static List<Found> divided(int size, Cell cell, float scale, int[] text) {
        return ThreadPeers.run(
                size, () -> new CpuBackend(1), (backend, peers) -> divided(backend, peers, cell, scale, text));
    }

    /** Also where there are more processes than steps, and where the last step is a shorter one, or not. */
    @ParameterizedTest
    @EnumSource(Cell.class)
    void measuresWhatOneProcessDoes(Cell cell) {
        for (int length : new int[] {2, 40, 65, 129, 64 * 20 + 1, 3001}) {
            Found one = alone(cell, 1, text(length));
            for (int size : new int[] {2, 3}) {
                for (Found found : divided(size, cell, 1, text(length))) {
                    String what = "%d tokens, %d processes".formatted(length, size);
                    assertEquals(one.loss, found.loss, 1e-7, what);
                    assertEquals(one.accuracy, found.accuracy, what);
                    assertEquals(one.count, found.count, what);
                }
            }
        }
    }

    @Test
    void aNetworkThatForgetsIsReadOnceAndALittle() {
        Found one = alone(Cell.LSTM, 1, text(64 * 90 + 1));
        List<Found> all = divided(3, Cell.LSTM, 1, text(64 * 90 + 1));
        for (Found found : all) {
            assertTrue(found.read <= 30 + 8 + 16, "read " + found.read);
            assertEquals(one.loss, found.loss, 1e-7);
        }
    }

    /** What differs by a bit at its beginning differs more and more: nothing is left where it is. */
    @Test
    void aChaoticNetworkIsReadAgainToTheEnd() {
        int[] text = text(64 * 30 + 1);
        Found one = alone(Cell.RNN_TANH, CHAOS, text);
        List<Found> all = divided(3, Cell.RNN_TANH, CHAOS, text);
        for (Found found : all) {
            assertEquals(one.loss, found.loss, 1e-7);
        }
        assertTrue(all.getLast().read >= 8 + 20, "read " + all.getLast().read);
    }

    /** States without bounds, and such as are no numbers, are the same where both processes have them. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aNetworkWhoseStatesOverflowComesToAnEnd() {
        int[] text = text(64 * 12 + 1);
        Found one = alone(Cell.RNN_RELU, OVERFLOW, text);
        assertFalse(Double.isFinite(one.loss));
        for (Found found : divided(3, Cell.RNN_RELU, OVERFLOW, text)) {
            assertEquals(one.loss, found.loss);
        }
    }
}
