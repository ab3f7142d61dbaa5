package lstmgpu.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Pooling;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.ValueLoss;
import lstmgpu.network.ZoneoutRates;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime computes with a file what this program computes, and a file with a fault in it is never there. */
class OnnxExportTest {
    private static final String TASK = "a task of this test";
    private static final ValueLoss QUANTILES = new ValueLoss.Quantiles(List.of(0.1f, 0.5f, 0.8f));

    @TempDir
    private Path folder;

    /** Those that ONNX has operators for. */
    private static Set<Cell> cells() {
        return EnumSet.complementOf(EnumSet.of(Cell.LSTM_LAYER_NORM));
    }

    @Test
    void whatOnnxHasNoOperatorForIsRefusedByName() {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM_LAYER_NORM, 7, 5, 6, 1, 0, false);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> OnnxModel.requireRoom(config));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertEquals(
                "ONNX has no operator for lstm_layer_norm cells; lstm-gpu alone runs this model", refusal.getMessage());
        NetworkConfig projected =
                NetworkConfig.ofTokens(Cell.LSTM, 7, 5, 6, 1, 0, false).withProjection(3);
        assertEquals(
                "ONNX's operators have no projection; lstm-gpu alone runs this model",
                assertThrows(LstmGpuException.class, () -> OnnxModel.requireRoom(projected))
                        .getMessage());
    }

    /** Every cell, one layer and three, and every head in each direction that it has. */
    static List<NetworkConfig> networks() {
        InputPart tokens = new InputPart.Tokens(11, 5);
        InputPart square = new InputPart.Tokens(11, 6);
        InputPart features = new InputPart.Features(3);
        List<NetworkConfig> all = new ArrayList<>();
        for (Cell cell : cells()) {
            for (int layers : new int[] {1, 3}) {
                all.add(new NetworkConfig(tokens, cell, 6, layers, 0, new Head.NextToken(11, false)));
                all.add(new NetworkConfig(square, cell, 6, layers, 0, new Head.NextToken(11, true)));
            }
            for (boolean both : new boolean[] {false, true}) {
                all.add(new NetworkConfig(features, cell, 6, 2, both, 0, new Head.Values(2)));
                all.add(new NetworkConfig(features, cell, 6, 1, both, 0, new Head.Values(2, QUANTILES)));
                for (Pooling pooling : Pooling.values()) {
                    all.add(new NetworkConfig(tokens, cell, 6, 2, both, 0, new Head.SequenceClass(4, pooling)));
                }
            }
        }
        return all;
    }

    /** One of each cell, and one of each head. */
    static List<NetworkConfig> examples() {
        InputPart tokens = new InputPart.Tokens(11, 6);
        InputPart features = new InputPart.Features(3);
        List<NetworkConfig> some = new ArrayList<>();
        for (Cell cell : cells()) {
            some.add(new NetworkConfig(tokens, cell, 6, 1, 0, new Head.NextToken(11, cell == Cell.LSTM)));
        }
        some.add(new NetworkConfig(features, Cell.GRU, 6, 1, true, 0, new Head.Values(2, QUANTILES)));
        some.add(new NetworkConfig(tokens, Cell.LSTM, 6, 1, true, 0, new Head.SequenceClass(4, Pooling.LAST)));
        return some;
    }

    private static Map<String, Tensor> weights(NetworkConfig config) {
        Random random = new Random(5);
        Map<String, Tensor> weights = config.zeros();
        weights.values().forEach(tensor -> {
            for (int i = 0; i < tensor.values().length; i++) {
                tensor.values()[i] = 0.5f * (float) random.nextGaussian();
            }
        });
        return weights;
    }

    private Path written(NetworkConfig config, Map<String, Tensor> weights) throws IOException {
        Path file = folder.resolve("model.onnx");
        OnnxModel model = new OnnxModel(config, TASK, weights, Map.of());
        try (var out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
        return file;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void isTheSameNetwork(NetworkConfig config) throws IOException {
        Map<String, Tensor> weights = weights(config);
        OnnxCheck.Proof proof = new OnnxCheck(config, weights).require(written(config, weights));
        assertTrue(proof.worst() > 0 && proof.worst() < OnnxCheck.MOST, proof.toString());
        assertEquals("reference", proof.judge());
    }

    /** Of every tensor one number that is wrong, or two gates in each other's place, is another network. */
    @ParameterizedTest
    @MethodSource("examples")
    void everyWeightCounts(NetworkConfig config) throws IOException {
        Map<String, Tensor> weights = weights(config);
        for (String name : weights.keySet()) {
            Map<String, Tensor> wrong = new HashMap<>(weights);
            wrong.put(name, shifted(weights.get(name), config));
            Path file = written(config, wrong);
            LstmGpuException refusal =
                    assertThrows(LstmGpuException.class, () -> new OnnxCheck(config, weights).require(file), name);
            assertTrue(refusal.getMessage().contains("differs by"), refusal.getMessage());
        }
    }

    /** Its gates, or else its rows, one further. */
    private static Tensor shifted(Tensor tensor, NetworkConfig config) {
        int rows = tensor.shape().getFirst();
        int gates = config.cell().gates();
        boolean gated = gates > 1 && rows == gates * config.hiddenSize();
        int block = tensor.values().length / (gated ? gates : rows);
        float[] values = new float[tensor.values().length];
        System.arraycopy(tensor.values(), block, values, 0, values.length - block);
        System.arraycopy(tensor.values(), 0, values, values.length - block, block);
        return new Tensor(tensor.shape(), values);
    }

    @Test
    void aResetGateBeforeTheProductIsAnotherNetwork() throws IOException {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.GRU, 11, 5, 6, 1, 0, false);
        Map<String, Tensor> weights = weights(config);
        Path file = written(config, weights);
        // The attribute's value, one byte, stands behind its name and the number of its field.
        refusesPatched(file, config, weights, "linear_before_reset\u0018\u0001", "linear_before_reset\u0018\u0000");
    }

    @Test
    void statesOfOtherLayersAreAnotherNetwork() throws IOException {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 11, 5, 6, 2, 0, false);
        Map<String, Tensor> weights = weights(config);
        for (String state : List.of("h0", "c0")) {
            // Both layers begin from the first one's.
            refusesPatched(
                    written(config, weights), config, weights, "\n\u0004" + state + "/1", "\n\u0004" + state + "/0");
        }
    }

    private static void refusesPatched(
            Path file, NetworkConfig config, Map<String, Tensor> weights, String from, String to) throws IOException {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(content.contains(from), from);
        Files.writeString(file, content.replace(from, to), StandardCharsets.ISO_8859_1);
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> new OnnxCheck(config, weights).require(file));
        assertEquals(ExitCode.FAILED, refusal.exitCode());
    }

    @Test
    void whatIsNoNetworkIsRefusedInASentence() throws IOException {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 11, 5, 6, 1, 0, false);
        Path file = Files.writeString(folder.resolve("model.onnx"), "no network");
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> new OnnxCheck(config, weights(config)).require(file));
        assertTrue(refusal.getMessage().startsWith("ONNX Runtime does not take"), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
    }

    private ModelDirectory model(NetworkConfig config) {
        ModelDirectory directory = ModelDirectory.create(folder.resolve("model"), true);
        directory.saveConfig(config, TASK);
        directory.saveWeights(weights(config));
        return directory;
    }

    @Test
    void zoneoutIsRefused() {
        NetworkConfig plain = new NetworkConfig(new InputPart.Features(3), Cell.LSTM, 6, 1, 0, new Head.Values(2));
        try (ModelDirectory directory = model(plain.withZoneout(new ZoneoutRates(0, 0.1f)))) {
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> new OnnxExport(directory));
            assertTrue(refusal.getMessage().contains("zoneout"), refusal.getMessage());
        }
    }

    @Test
    void aFileThatDiffersLeavesTheOldOneAndNothingOfItself() throws IOException {
        NetworkConfig config = new NetworkConfig(new InputPart.Features(3), Cell.GRU, 6, 1, 0, new Head.Values(2));
        Path place = Files.createDirectory(folder.resolve("exports"));
        Path file = place.resolve("series.onnx");
        try (ModelDirectory directory = model(config)) {
            OnnxExport export = new OnnxExport(directory);
            Map<String, Tensor> right = weights(config);
            Map<String, Tensor> wrong = new HashMap<>(right);
            wrong.put("rnn.bias_hh_l0", new Tensor(List.of(18), new float[18]));
            assertThrows(LstmGpuException.class, () -> export.write(file, wrong, right));
            assertEquals(List.of(), files(place));
            OnnxExport.Result result = export.write(file);
            assertEquals(List.of(file), result.files());
            byte[] good = Files.readAllBytes(file);
            assertEquals(good.length, result.bytes());
            assertThrows(LstmGpuException.class, () -> export.write(file, wrong, right));
            assertArrayEquals(good, Files.readAllBytes(file));
            assertEquals(List.of(file), files(place));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Weights that no file of the format holds are counted before anything is made of them. */
    @Test
    void moreThanTwoGigabytesAreRefused() {
        NetworkConfig large = NetworkConfig.ofTokens(Cell.LSTM, 1_000_000, 512, 1024, 1, 0, false);
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> new OnnxModel(large, TASK, Map.of(), Map.of()));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("2 GiB"), refusal.getMessage());
    }
}
