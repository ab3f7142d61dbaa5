package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ResultStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of bytes that has learnt a text in an old encoding, Latin 1: what that has beyond ASCII is no UTF-8. */
class ByteModelTest {
    private static final String LINE = "It\u0092s a caf\u00e9 \u0093x\u0094\n";
    /** The next forty bytes after a line. */
    private static final String FORTY = LINE.repeat(3).substring(0, 40);

    @TempDir
    static Path folder;

    @BeforeAll
    static void train() throws IOException {
        Path notes = Files.write(folder.resolve("notes.txt"), bytes(LINE.repeat(200)));
        Files.write(folder.resolve("prompt"), bytes(LINE));
        CommandRun.of(
                        "train",
                        notes.toString(),
                        "--output=" + folder.resolve("model"),
                        "--tokenizer=byte",
                        "--preset=tiny",
                        "--hidden-size=32",
                        "--batch-size=8",
                        "--seq-length=16",
                        "--max-steps=250",
                        "--lr=0.02",
                        "--device=cpu",
                        "--progress=none",
                        "--sample-length=0")
                .succeeds();
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String[] command(String... flags) {
        List<String> command = new ArrayList<>(List.of(
                "generate",
                folder.resolve("model").toString(),
                "--file=" + folder.resolve("prompt"),
                "--greedy",
                "--length=40",
                "--device=cpu"));
        command.addAll(List.of(flags));
        return command.toArray(String[]::new);
    }

    /** What a file or a pipe gets. */
    private static String written(String... flags) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new ResultStream(out, false),
                new ResultStream(new ByteArrayOutputStream(), false),
                Map.of("LSTM_GPU_CACHE", folder.resolve("cache").toString()),
                false);
        assertEquals(0, Program.run(console, command(flags)));
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void bytesAreWrittenAsTheyAre() {
        assertEquals(FORTY + "\n", written());
        assertEquals(FORTY + "\n", written("--no-stream"));
    }

    @Test
    void jsonHasThemBesideTheText() throws IOException {
        JsonNode sample = new ObjectMapper()
                .readTree(CommandRun.of(command("--format=jsonl", "--echo"))
                        .succeeds()
                        .out());
        assertEquals(LINE + FORTY, new String(sample.get("base64").binaryValue(), StandardCharsets.ISO_8859_1));
        assertTrue(sample.get("text").asText().contains("It\uFFFDs a caf\uFFFD \uFFFDx\uFFFD\n"), sample::toString);
    }

    @Test
    void aStopTextEndsThem() {
        assertEquals("It\u0092s a caf\u00e9 \u0093\n", written("--stop=x"));
    }
}
