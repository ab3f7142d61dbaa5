package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a {@code config.json} may not say. */
class NetworkConfigRefusalTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"[0.5,0.25]", "[0.5,0.5]", "[0]", "[1]", "[0.99999999999]", "[]", "0.5", "[\"a\"]", "[NaN]"})
    void quantilesRiseBetweenZeroAndOne(String quantiles) throws IOException {
        Path file = folder.resolve("config.json");
        new NetworkConfig(
                        new InputPart.Features(2),
                        Cell.LSTM,
                        8,
                        1,
                        0,
                        new Head.Values(3, new ValueLoss.Quantiles(List.of(0.25f))))
                .write(file, "sine");
        String text = Files.readString(file).replaceFirst("\\[[^]]*]", quantiles.replace("\"", "\\\""));
        assertRefused(Files.writeString(file, text), quantiles.contains("NaN") ? "" : "quantiles");
    }

    @ParameterizedTest
    @CsvSource({
        "huber,mean,loss is 'mean'; it is squared, absolute, huber or quantile",
        "\"huber\",7,loss",
        "0.5,0,delta is 0",
        "0.5,-1,delta",
        "0.5,1e40,delta",
        "0.5,1e-60,delta is 0",
        "delta,epsilon,delta"
    })
    void lossesAreThoseThereAre(String right, String wrong, String words) throws IOException {
        Path file = folder.resolve("config.json");
        Head head = new Head.Values(3, new ValueLoss.Huber(0.5f));
        new NetworkConfig(new InputPart.Features(2), Cell.LSTM, 8, 1, 0, head).write(file, "sine");
        String text = Files.readString(file);
        String changed = text.replace(right, wrong);
        assertNotEquals(text, changed);
        assertRefused(Files.writeString(file, changed), words);
    }

    @Test
    void poolingIsLastMeanOrMax() throws IOException {
        Path file = folder.resolve("config.json");
        new NetworkConfig(new InputPart.Features(2), Cell.LSTM, 8, 1, 0, new Head.SequenceClass(3)).write(file, "sine");
        assertRefused(Files.writeString(file, Files.readString(file).replace("last", "first")), "pooling is 'first'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "format_version",
                "model_type",
                "task",
                "cell",
                "input",
                "head",
                "vocab_size",
                "embedding_size",
                "hidden_size",
                "num_layers",
                "dropout",
                "tie_weights"
            })
    void everyFieldIsAskedFor(String field) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), NetworkConfigTest.GOOD);
        ObjectNode object = JsonFiles.read(file);
        object.remove(field);
        JsonFiles.write(file, object);
        assertRefused(file, field + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "format_version\": 2|format_version\": 4|format_version is 4",
                "language-model\"|language-model\", \"input\": 3|Duplicate",
                "\"tokens\"|\"pictures\"|input is 'pictures'",
                "next-token|beam|head is 'beam'",
                "lstm-gpu|llama|model_type is 'llama'",
                "gru|transformer|cell is 'transformer'",
                "\"gru\"|3|cell is 3",
                "65|0|vocab_size is 0",
                "65|65.5|vocab_size is 65.5",
                "65|99999999999|vocab_size is 99999999999",
                "\"embedding_size\": 16|\"embedding_size\": -1|embedding_size is -1",
                "32|1000000|hidden_size is 1000000",
                "num_layers\": 2|num_layers\": 100000|num_layers is 100000",
                "0.25|1|dropout is 1",
                "0.25|-0.1|dropout is -0.1",
                "0.25|\"NaN\"|dropout is \"NaN\"",
                "false|\"no\"|tie_weights is \"no\"",
                "false|true|tie_weights is true",
                "false|false, \"bidirectional\": true|bidirectional is true",
                "\"task\"|\"cell\"|Duplicate",
                "{|[|damaged"
            })
    void fieldsOutOfRangeAreNamed(String good, String bad, String words) throws IOException {
        assertRefused(
                Files.writeString(folder.resolve("config.json"), NetworkConfigTest.GOOD.replace(good, bad)), words);
    }

    static void assertRefused(Path file, String words) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> NetworkConfig.read(file));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains(words), () -> words + " is not in: " + failure.getMessage());
        assertTrue(failure.getMessage().contains("config.json"), failure::getMessage);
    }
}
