package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Small searches over a small text. */
abstract class TuneCase {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String[] RANGES = {"--lr", "1e-3..1e-1", "--hidden-size", "8,16"};

    @TempDir
    static Path folder;

    static Path text;

    @BeforeAll
    static void write() throws IOException {
        text = TinyModel.text(folder);
    }

    static String[] words(Path output, int runs, String... more) {
        String[] words = {
            "tune",
            "train",
            text.toString(),
            "-o",
            output.toString(),
            "--runs",
            Integer.toString(runs),
            "--preset",
            "tiny",
            "--embedding-size",
            "8",
            "--batch-size",
            "8",
            "--seq-length",
            "16",
            "--max-steps",
            "27",
            "--sample-length",
            "0",
            "--device",
            "cpu",
            "--threads",
            "1"
        };
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }

    static CommandRun tune(Path output, int runs, String... more) {
        return CommandRun.of(words(output, runs, more));
    }

    static JsonNode found(Path output) throws IOException {
        return JSON.readTree(output.resolve("tune.json").toFile());
    }
}
