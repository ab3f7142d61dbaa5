package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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

/** What comes out of generate, and how it comes. */
class GenerateTest {
    @TempDir
    static Path shared;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static Path model;
    private static Path text;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(shared, "--max-steps", "200");
        text = shared.resolve("text.txt");
    }

    private static CommandRun generate(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("generate", model.toString(), "--device", "cpu"));
        arguments.addAll(List.of(flags));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void theSameSeedWritesTheSameTextAndAnotherOneDoesNot() {
        String[] seven = {"--temperature", "2", "-n", "60", "--seed", "7"};
        String first = generate(seven).succeeds().out();
        assertEquals(first, generate(seven).out());
        assertFalse(first.equals(
                generate("--temp", "2", "--max-tokens", "60", "--seed", "8").out()));
    }

    @Test
    void jsonSamplesHaveTheKeysThatStay() throws IOException {
        CommandRun run = generate("--num-samples", "3", "--format", "jsonl", "--logprobs", "-n", "9", "--seed", "5")
                .succeeds();
        List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size());
        for (String line : lines) {
            JsonNode sample = JSON.readTree(line);
            assertEquals(9, sample.get("tokens").size());
            assertEquals(9, sample.get("logprobs").size());
            assertEquals(5, sample.get("seed").asLong());
            assertEquals(9, sample.get("text").asText().length());
        }
        JsonNode plain = JSON.readTree(generate("--format", "jsonl", "-n", "2").out());
        assertFalse(plain.has("logprobs"));
        assertFalse(plain.has("base64"), "characters are whole in the text");
    }

    @Test
    void aLengthThatIsNeverReachedTakesNoRoom() {
        CommandRun run = generate("-p", "the cat", "--greedy", "-n", "2147483647", "--stop", " mat");
        assertEquals(" sat on the", run.succeeds().out().stripTrailing());
        CommandRun longer =
                generate("--format", "jsonl", "--logprobs", "-n", "1000").succeeds();
        assertTrue(longer.out().contains("logprobs"));
    }

    @Test
    void anImplementationThatTheDeviceDoesNotHaveIsRefused() {
        CommandRun run = generate("--rnn", "sequence", "-n", "5");
        assertEquals(2, run.code());
        assertEquals("lstm-gpu: --rnn sequence is for CUDA and the device is cpu; use --rnn auto\n", run.err());
    }

    @Test
    void aByteOrderMarkBeforeAPromptIsNoText() throws IOException {
        Path file = Files.writeString(shared.resolve("marked.txt"), "\ufeffthe cat");
        String[] rest = {"--greedy", "--echo", "-n", "10"};
        assertEquals(
                generate("-p", "the cat", rest[0], rest[1], rest[2], rest[3])
                        .succeeds()
                        .out(),
                generate("-f", file.toString(), rest[0], rest[1], rest[2], rest[3])
                        .succeeds()
                        .out());
    }

    @Test
    void aStopStringEndsTheTextAndIsNotPartOfIt() {
        CommandRun run = generate("-p", "the cat sat on", "--greedy", "-n", "40", "--stop", "mat")
                .succeeds();
        assertEquals(" the \n", run.out());
        assertEquals(
                "the cat sat on the \n",
                generate("-p", "the cat sat on", "--greedy", "--stop", "mat", "--echo")
                        .out());
    }

    @Test
    void theTextComesAsItIsWritten() {
        List<Integer> sizes = new ArrayList<>();
        OutputStream reader = new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void write(byte[] bytes, int offset, int length) {
                sizes.add(length);
            }
        };
        run(reader, "generate", model.toString(), "-n", "30", "--device", "cpu");
        assertTrue(sizes.size() >= 25, sizes.toString());
        sizes.clear();
        run(reader, "generate", model.toString(), "-n", "30", "--device", "cpu", "--no-stream");
        assertTrue(sizes.size() <= 2, sizes.toString());
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void aReaderThatHasGoneEndsTheCommandQuietly() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = console(failing("Broken pipe"), err);
        assertEquals(0, Program.run(console, "generate", model.toString(), "-n", "100000", "--device", "cpu"));
        assertEquals(0, Program.run(console, "score", model.toString(), text.toString(), "--device", "cpu"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void outputThatIsLostForAnotherReasonIsAFailure() {
        String lost = "lstm-gpu: standard output cannot be written: No space left on device\n";
        for (String[] command : new String[][] {
            {"generate", model.toString(), "-n", "100000", "--device", "cpu"},
            {"score", model.toString(), text.toString(), "--device", "cpu"},
            {"eval", model.toString(), text.toString(), "--device", "cpu"},
            {"inspect", model.toString()},
            {"generate", "--help"}
        }) {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            assertEquals(1, Program.run(console(failing("No space left on device"), err), command), command[0]);
            assertEquals(lost, err.toString(StandardCharsets.UTF_8), command[0]);
        }
    }

    private static void run(OutputStream out, String... arguments) {
        assertEquals(0, Program.run(console(out, new ByteArrayOutputStream()), arguments));
    }

    private static Console console(OutputStream out, OutputStream err) {
        return new Console(
                new ByteArrayInputStream(new byte[0]),
                new ResultStream(out, false),
                new ResultStream(err, false),
                Map.of("LSTM_GPU_CACHE", shared.resolve("cache").toString()),
                false);
    }

    @Test
    void promptsComeFromFilesAndStandardInput() throws IOException {
        Path prompt = Files.writeString(folder.resolve("p.txt"), "the cat sat on");
        String expected =
                generate("-p", "the cat sat on", "--greedy", "-n", "8").out();
        assertEquals(
                expected,
                generate("-f", prompt.toString(), "--greedy", "-n", "8").out());
        CommandRun piped = CommandRun.with(
                Map.of(),
                "the cat sat on",
                "generate",
                model.toString(),
                "-f",
                "-",
                "--greedy",
                "-n",
                "8",
                "--device",
                "cpu");
        assertEquals(expected, piped.out());
    }

    @Test
    void aConversationGoesOnInOneText() {
        CommandRun run = CommandRun.with(
                Map.of(),
                "the cat\nsat Zon\n the\n",
                "generate",
                model.toString(),
                "--interactive",
                "--greedy",
                "-n",
                "4",
                "--device",
                "cpu");
        run.succeeds();
        assertEquals(2, run.out().lines().count(), run.out());
        assertTrue(run.out().startsWith(" sat\n"), run.out());
        assertTrue(run.err().contains("'Z'"), run.err());
    }

    /** The tests run without a terminal, as a command in a pipe does. */
    @Test
    void aConversationReadsLinesWhereThereIsNoTerminal() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console process = new Console(
                new ByteArrayInputStream("the cat\n".getBytes(StandardCharsets.UTF_8)),
                new ResultStream(out, false),
                new ResultStream(err, false),
                Map.of("LSTM_GPU_CACHE", shared.resolve("cache").toString()),
                true);
        String[] flags = {"generate", model.toString(), "--interactive", "--greedy", "-n", "4", "--device", "cpu"};
        assertEquals(0, Program.run(process, flags), err.toString(StandardCharsets.UTF_8));
        assertEquals(" sat\n", out.toString(StandardCharsets.UTF_8));
    }
}
