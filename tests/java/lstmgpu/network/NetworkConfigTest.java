package lstmgpu.network;

import static lstmgpu.network.NetworkConfigRefusalTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Pooling;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkConfigTest {
    static final String GOOD = """
        {"format_version": 2, "model_type": "lstm-gpu", "task": "language-model", "cell": "gru", "input": "tokens",
         "vocab_size": 65, "embedding_size": 16, "hidden_size": 32, "num_layers": 2, "dropout": 0.25,
         "head": "next-token", "tie_weights": false}
        """;
    private static final String VERSION_1 = GOOD.replace("version\": 2", "version\": 1")
            .replace("\"input\": \"tokens\",", "")
            .replace("\"head\": \"next-token\",", "");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Cell.class)
    void readingUndoesWriting(Cell cell) {
        Path file = folder.resolve("config.json");
        for (boolean tied : new boolean[] {false, true}) {
            NetworkConfig config = NetworkConfig.ofTokens(cell, 65, 48, tied ? 48 : 96, 3, 0.2f, tied);
            config.write(file, "language-model");
            assertEquals(config, NetworkConfig.read(file));
        }
        if (cell.takesProjection()) {
            NetworkConfig projected =
                    NetworkConfig.ofTokens(cell, 65, 24, 96, 3, 0, true).withProjection(24);
            projected.write(file, "language-model");
            assertEquals(projected, NetworkConfig.read(file));
            assertEquals(
                    projected,
                    projected
                            .withVocabulary(9)
                            .withDropout(0.5f)
                            .withVocabulary(65)
                            .withDropout(0));
        }
    }

    @Test
    void aProjectionHasItsTensorsAndItsBounds() throws IOException {
        NetworkConfig config =
                NetworkConfig.ofTokens(Cell.LSTM, 65, 16, 32, 2, 0, false).withProjection(8);
        assertEquals(List.of(128, 16), config.tensorShapes().get("rnn.weight_ih_l0"));
        assertEquals(List.of(128, 8), config.tensorShapes().get("rnn.weight_hh_l0"));
        assertEquals(List.of(8, 32), config.tensorShapes().get("rnn.weight_hr_l0"));
        assertEquals(List.of(128, 8), config.tensorShapes().get("rnn.weight_ih_l1"));
        assertEquals(List.of(65, 8), config.tensorShapes().get("output.weight"));
        assertEquals(8, config.outputSize());
        Path file = folder.resolve("config.json");
        String lstm = GOOD.replace("gru", "lstm");
        Files.writeString(file, lstm.replace("\"dropout\"", "\"proj_size\": 32, \"dropout\""));
        assertRefused(file, "proj_size is 32, which is not below hidden_size 32");
        Files.writeString(file, lstm.replace("\"dropout\"", "\"proj_size\": -1, \"dropout\""));
        assertRefused(file, "proj_size is -1");
        Files.writeString(file, GOOD.replace("\"dropout\"", "\"proj_size\": 8, \"dropout\""));
        assertRefused(file, "gru cells have no projection; lstm, lstm_coupled, lstm_peephole have");
    }

    @Test
    void theKeysAreThoseOfTheFormat() throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, GOOD);
        assertEquals(NetworkConfig.ofTokens(Cell.GRU, 65, 16, 32, 2, 0.25f, false), NetworkConfig.read(file));
        ObjectNode good = JsonFiles.read(file);
        NetworkConfig.read(file).write(file, NetworkConfig.task(file));
        assertEquals(good, JsonFiles.read(file));
    }

    @Test
    void theFirstVersionIsReadAsALanguageModelAndWrittenAsTheSecond() throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), VERSION_1);
        assertEquals(NetworkConfig.ofTokens(Cell.GRU, 65, 16, 32, 2, 0.25f, false), NetworkConfig.read(file));
        assertEquals("language-model", NetworkConfig.task(file));
        assertRefused(Files.writeString(file, VERSION_1.replace("language-model", "sine")), "task is 'sine'");
    }

    @Test
    void otherInputsAndHeadsComeBackToo() {
        Path file = folder.resolve("config.json");
        List<Head> heads = List.of(
                new Head.Values(3),
                new Head.Values(2, new ValueLoss.Quantiles(List.of(0.1f, 0.5f, 0.9f))),
                new Head.Values(2, new ValueLoss.Absolute()),
                new Head.Values(2, new ValueLoss.Huber(0.3f)),
                new Head.SequenceClass(5),
                new Head.SequenceClass(5, Pooling.MAX));
        for (Head head : heads) {
            for (InputPart input : List.of(new InputPart.Tokens(9, 4), new InputPart.Features(2))) {
                boolean bidirectional = input instanceof InputPart.Features;
                NetworkConfig config = new NetworkConfig(input, Cell.LSTM, 8, 1, bidirectional, 0, head);
                config.write(file, "sine");
                assertEquals(config, NetworkConfig.read(file));
                assertEquals("sine", NetworkConfig.task(file));
            }
        }
    }

    @Test
    void clustersComeBackAndMustFitTheVocabulary() throws IOException {
        Path file = folder.resolve("config.json");
        NetworkConfig plain = NetworkConfig.ofTokens(Cell.LSTM, 100, 8, 32, 1, 0, false);
        plain.write(file, "language-model");
        assertFalse(Files.readString(file).contains("cutoffs"));
        NetworkConfig config = plain.withClusters(new Clusters(100, List.of(10, 40)));
        config.write(file, "language-model");
        assertEquals(config, NetworkConfig.read(file));
        assertEquals(List.of(12, 32), config.tensorShapes().get("output.weight"));
        assertEquals(List.of(30, 8), config.tensorShapes().get("output.tail.0.1.weight"));
        assertEquals(List.of(60, 2), config.tensorShapes().get("output.tail.1.1.weight"));
        NetworkConfig tied =
                NetworkConfig.ofTokens(Cell.LSTM, 100, 32, 32, 1, 0, true).withClusters(config.clusters());
        tied.write(file, "language-model");
        assertEquals(tied, NetworkConfig.read(file));
        assertEquals(List.of(12, 32), tied.tensorShapes().get("embedding.weight"));
        assertEquals(List.of(60, 2), tied.tensorShapes().get("embedding.tail.1.weight"));
        assertEquals(List.of(32, 8), tied.tensorShapes().get("embedding.tail.0.projection"));
        assertFalse(tied.tensorShapes().containsKey("output.tail.0.1.weight"));
        String text = Files.readString(file);
        for (String wrong :
                List.of("[]", "[0]", "[10,10]", "[100]", "[4e9]", "[1.5]", "[1,2,3,4,5,6,7,8,9]", "[\"a\"]", "7")) {
            Files.writeString(file, text.replaceFirst("\\[[^]]*]", wrong));
            assertRefused(file, "cutoffs");
        }
    }

    @Test
    void zoneoutIsPartOfTheModelAndOlderProgramsRefuseIt() throws IOException {
        Path file = folder.resolve("config.json");
        NetworkConfig plain = NetworkConfig.ofTokens(Cell.LSTM, 11, 6, 6, 2, 0.3f, true);
        NetworkConfig keeping = plain.withZoneout(new ZoneoutRates(0.5f, 0.05f));
        keeping.write(file, "peer");
        assertEquals(keeping, NetworkConfig.read(file));
        assertEquals(3, JsonFiles.read(file).path("format_version").intValue());
        assertNotEquals(keeping, plain);
        assertTrue(keeping.hasPartsOf(plain), "that a run was told other rates is for its flags to say");
        assertEquals(keeping, keeping.withVocabulary(12).withVocabulary(11).withDropout(0.3f));
        String text = Files.readString(file);
        for (String wrong : List.of("1", "-0.1", "\"a\"")) {
            Files.writeString(file, text.replaceFirst("(\"zoneout_hidden\" *: *)[0-9.]+", "$1" + wrong));
            assertRefused(file, "zoneout_hidden");
        }
        Files.writeString(file, text.replace("\"lstm\"", "\"gru\""));
        assertRefused(file, "zoneout_cell");
        plain.write(file, "peer");
        assertEquals(2, JsonFiles.read(file).path("format_version").intValue());
    }

    @Test
    void aWordLessIsTheForwardDirectionTheLastStepAndTheValueItself() throws IOException {
        Path file = folder.resolve("config.json");
        InputPart input = new InputPart.Features(2);
        for (Head head : List.of(
                new Head.Values(3, new ValueLoss.Quantiles(List.of(0.25f))), new Head.SequenceClass(5, Pooling.MEAN))) {
            new NetworkConfig(input, Cell.LSTM, 8, 1, true, 0, head).write(file, "sine");
            ObjectNode object = JsonFiles.read(file);
            object.remove(List.of("bidirectional", "pooling", "loss", "quantiles"));
            JsonFiles.write(file, object);
            Head plain = head instanceof Head.Values ? new Head.Values(3) : new Head.SequenceClass(5);
            assertEquals(new NetworkConfig(input, Cell.LSTM, 8, 1, 0, plain), NetworkConfig.read(file));
        }
    }

    @Test
    void bothDirectionsHavePyTorchsNamesAndShapes() {
        NetworkConfig config =
                new NetworkConfig(new InputPart.Features(3), Cell.LSTM, 8, 2, true, 0, new Head.SequenceClass(5));
        assertEquals(
                List.of(
                        "rnn.weight_ih_l0",
                        "rnn.weight_hh_l0",
                        "rnn.bias_ih_l0",
                        "rnn.bias_hh_l0",
                        "rnn.weight_ih_l0_reverse",
                        "rnn.weight_hh_l0_reverse",
                        "rnn.bias_ih_l0_reverse",
                        "rnn.bias_hh_l0_reverse",
                        "rnn.weight_ih_l1"),
                List.copyOf(config.tensorShapes().keySet()).subList(0, 9));
        assertEquals(List.of(32, 3), config.tensorShapes().get("rnn.weight_ih_l0_reverse"));
        assertEquals(List.of(32, 16), config.tensorShapes().get("rnn.weight_ih_l1_reverse"));
        assertEquals(List.of(5, 16), config.tensorShapes().get("output.weight"));
    }

    @Test
    void theTensorsHavePyTorchsNamesAndShapes() {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, 65, 16, 32, 2, 0, false);
        assertEquals(
                List.of(
                        "embedding.weight",
                        "rnn.weight_ih_l0",
                        "rnn.weight_hh_l0",
                        "rnn.bias_ih_l0",
                        "rnn.bias_hh_l0",
                        "rnn.weight_ih_l1",
                        "rnn.weight_hh_l1",
                        "rnn.bias_ih_l1",
                        "rnn.bias_hh_l1",
                        "output.weight",
                        "output.bias"),
                List.copyOf(config.tensorShapes().keySet()));
        assertEquals(List.of(128, 16), config.tensorShapes().get("rnn.weight_ih_l0"));
        assertEquals(List.of(128, 32), config.tensorShapes().get("rnn.weight_ih_l1"));
        assertEquals(List.of(65, 32), config.tensorShapes().get("output.weight"));
        assertFalse(NetworkConfig.ofTokens(Cell.LSTM, 65, 32, 32, 2, 0, true)
                .tensorShapes()
                .containsKey("output.weight"));
    }
}
