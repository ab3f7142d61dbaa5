package lstmgpu.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.Printable;
import lstmgpu.ProgramRun;
import lstmgpu.cli.CommandRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The program on a pseudo-terminal, with escape sequences in everything that other people write: texts, names,
 * settings, metadata.
 */
@Execution(ExecutionMode.CONCURRENT)
class TerminalTest {
    private static final String CLEAR = "\u001b[2J";
    private static final String SHOWN = "\\x1b[2J";
    private static final String TURNED = "\u202e";

    /** What the progress bar itself sends. */
    private static final String OWN = "\r\u001b[K";

    @TempDir
    static Path folder;

    private static Path text;
    private static Path model;

    @BeforeAll
    static void plant() throws IOException {
        text = Files.writeString(
                folder.resolve("text" + CLEAR + ".txt"), ("a" + CLEAR + "\u009b" + TURNED + "b\r\n").repeat(200));
        model = folder.resolve("model" + CLEAR);
        CommandRun.of(training(model, "none")).succeeds();
        Path run = model.resolve("run.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode planted = (ObjectNode) json.readTree(Files.readString(run));
        planted.remove("crc32c");
        Files.writeString(run, json.writeValueAsString(planted.put("java", CLEAR)));
    }

    private static String[] training(Path output, String progress) {
        return new String[] {
            "train",
            text.toString(),
            "-o",
            output.toString(),
            "--preset",
            "tiny",
            "--hidden-size",
            "16",
            "--batch-size",
            "4",
            "--seq-length",
            "8",
            "--max-steps",
            "60",
            "--lr",
            "0.02",
            "--device",
            "cpu",
            "--progress",
            progress,
            "--sample-every",
            "30",
            "--eval-every",
            "30",
            "--sample-length",
            "60"
        };
    }

    /** Both streams on one terminal, whose line ends are taken back. */
    private static String onATerminal(int code, String... arguments) throws IOException, InterruptedException {
        ProgramRun run = ProgramRun.onATerminal("exec \"$@\"", arguments);
        assertEquals(code, run.code(), run.out());
        return run.out().replace("\r\n", "\n");
    }

    private static void isHarmless(String shown) {
        for (String harm : List.of("\u001b", "\u009b", TURNED, "\r")) {
            assertFalse(shown.contains(harm), () -> Printable.token(shown));
        }
    }

    @Test
    void whatIsWrittenIsHarmless() throws Exception {
        String shown = onATerminal(
                0,
                "generate",
                model.toString(),
                "--echo",
                "-p",
                "a" + CLEAR,
                "-n",
                "200",
                "--seed",
                "1",
                "--device",
                "cpu");
        isHarmless(shown);
        assertTrue(shown.startsWith("a" + SHOWN), shown);
        assertTrue(shown.contains("\\u009b\\u202eb\n"), shown);
    }

    @Test
    void namesSettingsAndMessagesAreHarmless() throws Exception {
        String inspected = onATerminal(0, "inspect", model.toString());
        isHarmless(inspected);
        assertTrue(inspected.contains(SHOWN), inspected);
        String compared = onATerminal(0, "compare", model.toString());
        isHarmless(compared);
        assertTrue(compared.contains("model" + SHOWN), compared);
        String refused = onATerminal(3, "eval", model.toString(), "no" + CLEAR + TURNED + "\u009b.txt", "--verbose");
        isHarmless(refused);
        assertTrue(refused.contains("no" + SHOWN + "\\u202e\\u009b.txt does not exist"), refused);
        isHarmless(onATerminal(2, "inspect", "--" + CLEAR));
    }

    @Test
    void metadataOfWeightsIsHarmless() throws Exception {
        Path copy = Files.createDirectory(folder.resolve("foreign"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(model.resolve(name), copy.resolve(name));
        }
        Path weights = copy.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        String whole = new String(bytes, StandardCharsets.ISO_8859_1);
        // A JSON escape of six characters takes the place of as many.
        Files.write(weights, whole.replaceFirst("output", "\\\\u001b").getBytes(StandardCharsets.ISO_8859_1));
        String refused = onATerminal(3, "generate", copy.toString(), "--device", "cpu");
        isHarmless(refused);
        String shown = onATerminal(
                2, "import", weights.toString(), "-o", copy + "-2", "--tokenizer", "byte", "--map", "nothing=");
        isHarmless(shown);
        assertTrue(shown.contains(" \\x1b."), shown);
    }

    @Test
    void trainingShowsItsOwnSequencesOnly() throws Exception {
        String shown = onATerminal(0, training(folder.resolve("another" + CLEAR), "bar"));
        assertTrue(shown.contains(OWN), "the bar is drawn");
        isHarmless(shown.replace(OWN, ""));
        assertTrue(shown.contains("--- sample at step 30 ---"), shown);
        assertTrue(shown.contains("another" + SHOWN + ": "), shown);
    }

    @Test
    void eachStreamIsJudgedByItself() throws Exception {
        Path kept = folder.resolve("kept");
        String[] arguments = {"generate", model.toString(), "-p", "a" + CLEAR, "--echo", "-n", "9", "--device", "cpu"};
        assertEquals(
                0,
                ProgramRun.onATerminal("exec \"$@\" >'" + kept + "'", arguments).code());
        assertTrue(Files.readString(kept).startsWith("a" + CLEAR), "a file gets the bytes");
        String[] failing = {"eval", model.toString(), "no" + CLEAR};
        assertEquals(
                3,
                ProgramRun.onATerminal("exec \"$@\" 2>'" + kept + "'", failing).code());
        assertTrue(Files.readString(kept).contains("no" + CLEAR), "also of messages");
    }
}
