package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkTest {
    private static final NetworkConfig SMALL = NetworkConfig.ofTokens(Cell.LSTM, 11, 7, 16, 2, 0, false);

    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    private Map<String, Tensor> initial(NetworkConfig config, long seed, Initialisation initialisation) {
        try (Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(seed, initialisation);
            return model.tensors();
        }
    }

    @ParameterizedTest
    @EnumSource(Cell.class)
    void hasTheTensorsThatTheConfigurationNames(Cell cell) {
        for (boolean tied : new boolean[] {false, true}) {
            NetworkConfig config = NetworkConfig.ofTokens(cell, 11, 16, 16, 3, 0, tied);
            Map<String, List<Integer>> shapes = new LinkedHashMap<>();
            initial(config, 1, Initialisation.UNIFORM).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            assertEquals(config.tensorShapes(), shapes);
        }
    }

    @Test
    void uniformMatricesStayInBoundsAndFillThem() {
        Map<String, Tensor> tensors = initial(SMALL, 1, Initialisation.UNIFORM);
        for (String name : List.of("rnn.weight_ih_l0", "rnn.weight_hh_l1", "output.weight", "output.bias")) {
            float largest = largest(tensors.get(name).values());
            assertTrue(largest <= 0.25f && largest > 0.2f, name + " reaches " + largest + " where 1/√16 is the bound");
        }
        double square = 0;
        for (float value : tensors.get("embedding.weight").values()) {
            square += value * value / 77;
        }
        assertEquals(1, square, 0.4, "the variance of the embedding");
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @ParameterizedTest
    @EnumSource(value = Initialisation.class, mode = EnumSource.Mode.EXCLUDE, names = "CHRONO")
    void theForgetGateOfAnLstmStartsAtOne(Initialisation initialisation) {
        Map<String, Tensor> tensors = initial(SMALL, 3, initialisation);
        for (int layer = 0; layer < 2; layer++) {
            for (int unit = 0; unit < 16; unit++) {
                assertEquals(1, tensors.get("rnn.bias_ih_l" + layer).values()[16 + unit]);
                assertEquals(0, tensors.get("rnn.bias_hh_l" + layer).values()[16 + unit]);
            }
        }
        boolean otherBiases =
                largest(Arrays.copyOf(tensors.get("rnn.bias_ih_l0").values(), 16)) > 0;
        assertEquals(initialisation == Initialisation.UNIFORM, otherBiases);
    }

    /** What is kept wears off in 1 to T steps: f = u/(1+u) and i = 1/(1+u), u uniform in [1, T−1). */
    @ParameterizedTest
    @EnumSource(
            value = Cell.class,
            names = {"LSTM", "GRU"})
    void chronoSpreadsHowLongUnitsRemember(Cell cell) {
        NetworkConfig config = new NetworkConfig(new InputPart.Features(3), cell, 200, 1, 0, new Head.Values(1));
        try (CpuBackend cpu = new CpuBackend(1);
                Network model = new Network(cpu, config, Precision.FP32)) {
            model.initialise(3, Initialisation.CHRONO, 100);
            float[] biases = model.tensors().get("rnn.bias_ih_l0").values();
            float[] others = model.tensors().get("rnn.bias_hh_l0").values();
            double mean = 0;
            for (int unit = 200; unit < 400; unit++) {
                double u = Math.exp(biases[unit]);
                assertTrue(u >= 0.999 && u < 99, "u is " + u);
                mean += u / 200;
                assertEquals(0, others[unit]);
                if (cell == Cell.LSTM) {
                    assertEquals(-biases[unit], biases[unit - 200]);
                    assertEquals(0, others[unit - 200]);
                }
            }
            assertEquals(50, mean, 6);
        }
    }

    @Test
    void bothDirectionsBeginAlikeButNotWithTheSameNumbers() {
        NetworkConfig config =
                new NetworkConfig(new InputPart.Features(3), Cell.LSTM, 16, 1, true, 0, new Head.Values(1));
        Map<String, Tensor> tensors = initial(config, 3, Initialisation.XAVIER);
        Tensor forward = tensors.get("rnn.weight_ih_l0");
        Tensor reverse = tensors.get("rnn.weight_ih_l0_reverse");
        double bound = Math.sqrt(6.0 / (3 + 16));
        for (Tensor tensor : List.of(forward, reverse)) {
            assertTrue(largest(tensor.values()) <= bound && largest(tensor.values()) > 0.9 * bound);
        }
        assertFalse(Arrays.equals(forward.values(), reverse.values()));
        assertArrayEquals(
                tensors.get("rnn.bias_ih_l0").values(),
                tensors.get("rnn.bias_ih_l0_reverse").values());
        assertEquals(1, tensors.get("rnn.bias_ih_l0_reverse").values()[16]);
    }

    @Test
    void orthogonalBlocksAreOrthonormal() {
        Map<String, Tensor> tensors = initial(SMALL, 3, Initialisation.ORTHOGONAL);
        float[] recurrent = tensors.get("rnn.weight_hh_l0").values();
        for (int gate = 0; gate < 4; gate++) {
            for (int row = 0; row < 16; row++) {
                for (int other = 0; other < 16; other++) {
                    double dot = 0;
                    for (int i = 0; i < 16; i++) {
                        dot += recurrent[(gate * 16 + row) * 16 + i] * recurrent[(gate * 16 + other) * 16 + i];
                    }
                    assertEquals(row == other ? 1 : 0, dot, 1e-6);
                }
            }
        }
        float[] input = tensors.get("rnn.weight_ih_l0").values();
        for (int column = 0; column < 7; column++) {
            double square = 0;
            for (int row = 0; row < 16; row++) {
                square += input[row * 7 + column] * input[row * 7 + column];
            }
            assertEquals(1, square, 1e-6, "more rows than columns: the columns are orthonormal");
        }
    }

    @Test
    void theSeedDecidesEveryBitOnEveryBackend() {
        float[] first =
                initial(SMALL, 5, Initialisation.XAVIER).get("rnn.weight_hh_l1").values();
        try (CpuBackend cpu = new CpuBackend(1);
                Network model = new Network(cpu, SMALL, Precision.FP32)) {
            model.initialise(5, Initialisation.XAVIER);
            assertArrayEquals(first, model.tensors().get("rnn.weight_hh_l1").values());
        }
        float[] other =
                initial(SMALL, 6, Initialisation.XAVIER).get("rnn.weight_hh_l1").values();
        assertFalse(Arrays.equals(first, other));
    }

    @Test
    void loadsWhatItExports() {
        Map<String, Tensor> tensors = initial(SMALL, 1, Initialisation.UNIFORM);
        try (Network model = new Network(backend, SMALL, Precision.FP32)) {
            model.load(tensors);
            model.tensors()
                    .forEach((name, tensor) ->
                            assertArrayEquals(tensors.get(name).values(), tensor.values(), name));
        }
    }

    @Test
    void namesTheTensorThatIsMissingOrSuperfluousOrMisshapenOrNotFinite() {
        Map<String, Tensor> good = initial(SMALL, 1, Initialisation.UNIFORM);
        Map<String, Tensor> missing = new LinkedHashMap<>(good);
        missing.remove("rnn.bias_hh_l1");
        refuses(missing, "rnn.bias_hh_l1");
        Map<String, Tensor> more = new LinkedHashMap<>(good);
        more.put("rnn.weight_ih_l2", new Tensor(List.of(1), new float[1]));
        refuses(more, "rnn.weight_ih_l2");
        Map<String, Tensor> misshapen = new LinkedHashMap<>(good);
        misshapen.put("embedding.weight", new Tensor(List.of(7, 11), new float[77]));
        refuses(misshapen, "embedding.weight");
        Map<String, Tensor> poisoned = new LinkedHashMap<>(good);
        float[] bias = new float[11];
        bias[4] = Float.NaN;
        poisoned.put("output.bias", new Tensor(List.of(11), bias));
        refuses(poisoned, "output.bias");
    }

    private void refuses(Map<String, Tensor> tensors, String name) {
        try (Network model = new Network(backend, SMALL, Precision.FP32)) {
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> model.load(tensors));
            assertEquals(ExitCode.DATA, refusal.exitCode());
            assertTrue(refusal.getMessage().contains(name), refusal.getMessage());
        }
    }

    @Test
    void refusesSizesThatContradictEachOtherOrCannotBeCounted() {
        refusesConfig(NetworkConfig.ofTokens(Cell.LSTM, 11, 7, 16, 2, 0, true), "--embedding-size 16");
        refusesConfig(NetworkConfig.ofTokens(Cell.LSTM, 11, 7, 16, 2, 1, false), "--dropout");
        NetworkConfig lstm = NetworkConfig.ofTokens(Cell.LSTM, 11, 16, 16, 2, 0, true);
        refusesConfig(lstm.withProjection(8), "--embedding-size 8");
        refusesConfig(lstm.withProjection(16), "--proj-size 16 does not lie between 1 and 15");
        refusesConfig(lstm.withProjection(-1), "--proj-size -1");
        NetworkConfig gru = NetworkConfig.ofTokens(Cell.GRU, 11, 7, 16, 2, 0, false);
        refusesConfig(gru.withProjection(8), "gru cells have no projection; lstm, lstm_coupled, lstm_peephole have");
        refusesConfig(NetworkConfig.ofTokens(Cell.LSTM, 11, 65536, 65536, 1000, 0, false), "2^31");
        refusesConfig(NetworkConfig.ofTokens(Cell.LSTM, Integer.MAX_VALUE, 65536, 65536, 1000, 0, false), "2^31");
        refusesConfig(NetworkConfig.ofTokens(Cell.LSTM, 0, 7, 16, 2, 0, false), "1 or above");
    }

    private void refusesConfig(NetworkConfig config, String word) {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> new Network(backend, config, Precision.FP32).close());
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }
}
