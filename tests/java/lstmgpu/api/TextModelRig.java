package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.TestText;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A model of texts that the library has trained, on one thread, and what tests of it share. */
abstract class TextModelRig {
    static final ObjectMapper JSON = new ObjectMapper();
    static final TextTraining TRAINING = TextModel.training()
            .preset("tiny")
            .cell("gru")
            .hiddenSize(16)
            .embeddingSize(8)
            .batchSize(8)
            .seqLength(16)
            .dropout(0.1)
            .maxSteps(12)
            .evalEvery(4)
            .sampleEvery(6)
            .sampleLength(20)
            .learningRate(0.003)
            .seed(5);

    @TempDir
    static Path folder;

    static Path text;
    static Device device;
    static TextModel model;

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), TestText.sentences(60));
        device = Device.open("cpu", 1);
        model = TRAINING.train(device, Text.files(text), folder.resolve("api"));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    static byte[] weights(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    }

    static JsonNode run(String name) throws IOException {
        return JSON.readTree(folder.resolve(name).resolve("run.json").toFile());
    }

    static void refused(LstmException.Kind kind, String words, org.junit.jupiter.api.function.Executable call) {
        LstmException refusal = assertThrows(LstmException.class, call);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
        assertEquals(-1, refusal.getMessage().indexOf("--"), refusal.getMessage());
    }

    /** The words of a command line; none of them has a space. */
    static String[] words(String line, Object... values) {
        return line.formatted(values).split(" ");
    }
}
