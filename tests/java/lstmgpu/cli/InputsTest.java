package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an input may be, for the commands that read texts. */
class InputsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] QUICK = {"--max-steps", "6", "--sample-length", "0"};

    @TempDir
    static Path folder;

    private static String text;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder, QUICK);
        text = Files.readString(folder.resolve("text.txt"));
    }

    private static Path write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        if (!name.endsWith(".gz")) {
            return Files.writeString(file, content);
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return file;
    }

    private static String records() {
        StringBuilder lines = new StringBuilder();
        text.lines().forEach(line -> lines.append("{\"body\": \"%s\"}\n".formatted(line)));
        return lines.toString();
    }

    private static JsonNode run(Path model) throws IOException {
        return JSON.readTree(model.resolve("run.json").toFile());
    }

    private static CommandRun start(String input, String... arguments) {
        String[] common = {"--device", "cpu", "--threads", "1", "--progress", "none"};
        return CommandRun.with(
                Map.of(),
                input,
                Stream.of(new String[] {"train"}, arguments, common)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    private static double loss(String input, String... inputs) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("eval", model.toString()));
        arguments.addAll(List.of(inputs));
        arguments.addAll(List.of("--json", "--device", "cpu", "--threads", "1"));
        CommandRun run = CommandRun.with(Map.of(), input, arguments.toArray(String[]::new));
        return JSON.readTree(run.succeeds().out()).get("loss").asDouble();
    }

    /** The same text, however it comes, is the same run to its last bit. */
    @Test
    void everyFormTrainsTheSameModel() throws IOException {
        write("parts/a/1.txt", text.substring(0, 1000));
        write("parts/b.txt.gz", text.substring(1000));
        write("parts/README", "not this");
        Path records = write("records.jsonl", records());
        String[][] forms = {
            {folder.resolve("parts").toString()},
            {folder.resolve("parts/**/*.txt*").toString()},
            {write("whole.txt.gz", text).toString()},
            {records.toString(), "--text-column", "body"},
            {"-"},
        };
        byte[] expected = Files.readAllBytes(model.resolve("model.safetensors"));
        for (int i = 0; i < forms.length; i++) {
            Path copy = folder.resolve("form" + i);
            List<String> arguments = new ArrayList<>(List.of("train"));
            arguments.addAll(List.of(forms[i]));
            arguments.addAll(List.of("-o", copy.toString(), "--preset", "tiny", "--hidden-size", "32"));
            arguments.addAll(List.of("--embedding-size", "8", "--batch-size", "8", "--seq-length", "16"));
            arguments.addAll(List.of("--device", "cpu", "--threads", "1", "--progress", "none"));
            arguments.addAll(List.of(QUICK));
            CommandRun.with(Map.of(), text, arguments.toArray(String[]::new)).succeeds();
            assertEquals(run(model).at("/data/sha256"), run(copy).at("/data/sha256"), forms[i][0]);
            org.junit.jupiter.api.Assertions.assertArrayEquals(
                    expected, Files.readAllBytes(copy.resolve("model.safetensors")), forms[i][0]);
        }
        CommandRun again = start("", "-o", folder.resolve("form1").toString(), "--resume", "--max-steps", "8");
        again.succeeds();
        start("", "-o", folder.resolve("form0").toString(), "--resume", "--max-steps", "8")
                .succeeds();
        start("", "-o", folder.resolve("form3").toString(), "--resume", "--max-steps", "8")
                .succeeds();
        Path piped = folder.resolve("form4");
        start("", "-o", piped.toString(), "--resume", "--max-steps", "8")
                .refuses(3, "standard input", " - -o " + piped);
        start(text, "-", "-o", piped.toString(), "--resume", "--max-steps", "8").succeeds();
        assertEquals(8, run(piped).get("steps").asInt());
        start(text + "more", "-", "-o", piped.toString(), "--resume", "--max-steps", "9")
                .refuses(3, "the text has changed");
        write("parts/c.txt", "the cat");
        start("", "-o", folder.resolve("form0").toString(), "--resume", "--max-steps", "9")
                .refuses(3, "there were 2 inputs and now there are 3");
    }

    /** What is wrong with the text of the end is no reason to have trained for hours. */
    @Test
    void aTextThatCannotBeMeasuredIsRefusedBeforeTheRun() throws IOException {
        Path none = folder.resolve("none");
        String text = folder.resolve("text.txt").toString();
        Path damaged = Files.writeString(folder.resolve("damaged.gz"), "no gzip");
        Path shortest = write("short.txt", "t");
        start("", text, "-o", none.toString(), "--test", damaged.toString()).refuses(3, "damaged.gz", "not packed");
        start("", text, "-o", none.toString(), "--test", shortest.toString()).refuses(3, "one token");
        start("cat", text, "-o", none.toString(), "--val", "-").refuses(2, "--val -", "save it to a file");
        start("cat", text, "-o", none.toString(), "--test", "-").refuses(2, "--test -");
        start("", "", "-o", none.toString()).refuses(2, "an input has an empty name");
        start("", text, "-o", none.toString(), "--val", "").refuses(2, "an input has an empty name");
        assertFalse(Files.exists(none));
    }

    @Test
    void evalAndScoreReadThemToo() throws IOException {
        double expected = loss("", folder.resolve("text.txt").toString());
        Path packed = write("eval/text.txt.gz", text);
        assertEquals(expected, loss("", packed.toString()));
        assertEquals(expected, loss("", packed.getParent().toString()));
        assertEquals(expected, loss(text, "-"));
        Path records = write("eval/records.jsonl", records());
        assertEquals(expected, loss("", records.toString(), "--text-column", "body"));
        assertEquals(expected, loss(records(), "-", "--text-column", "body"));
        assertEquals(expected, loss("", packed.getParent().toString(), "--text-column", "body"));
        String one = "the cat sat\n";
        String scored = CommandRun.with(Map.of(), one, "score", model.toString(), "-", "--device", "cpu")
                .succeeds()
                .out();
        Path csv = write("eval/one.csv", "body,id\nthe cat sat,1\n");
        assertEquals(
                scored,
                CommandRun.of("score", model.toString(), csv.toString(), "--text-column", "body", "--device", "cpu")
                        .succeeds()
                        .out());
        CommandRun.of("eval", model.toString(), csv.toString(), "--text-column", "text", "--device", "cpu")
                .refuses(3, "there is no column 'text'");
        CommandRun twice = CommandRun.of("eval", model.toString(), "-", "-", "--device", "cpu");
        twice.refuses(2, "once");
    }

    @Test
    void aTextOfItsOwnJudgesTheRunAsEvalDoes() throws IOException {
        Path held = write("held/out.txt", "the mat sat on the cat number 5\n".repeat(40));
        Path tested = write("tested.txt.gz", "on the mat number 2\n".repeat(30));
        Path judged = folder.resolve("judged");
        Path all = folder.resolve("text.txt");
        String[] more = {"--val", held.getParent().toString(), "--test", tested.toString()};
        TinyModel.trainOn(all, judged, more);
        JsonNode run = run(judged);
        assertEquals(text.length(), run.at("/data/training_tokens").asLong());
        assertEquals(32 * 40, run.at("/data/validation_tokens").asLong());
        assertEquals("out.txt", run.at("/data/inputs/1/name").asText());
        assertTrue(
                run.get("arguments").toString().contains("--val=../held"),
                run.get("arguments").toString());
        Path before = model;
        model = judged;
        try {
            assertEquals(
                    loss("", held.toString()), run.get("best_validation_loss").asDouble(), 1e-3);
            assertEquals(loss("", tested.toString()), run.get("test_loss").asDouble(), 1e-9);
        } finally {
            model = before;
        }
        start("", "-o", judged.toString(), "--resume", "--max-steps", "42").succeeds();
        assertEquals(42, run(judged).get("steps").asInt());
        Files.writeString(held, "the sat mat on the cat number 5\n".repeat(40));
        start("", "-o", judged.toString(), "--resume", "--max-steps", "44")
                .refuses(3, "the text has changed", "out.txt");
        start("", all.toString(), "-o", folder.resolve("no").toString(), "--val", held.toString(), "--val-frac", "0.2")
                .refuses(2, "--val", "--val-frac", "choose one");
        start(
                        "",
                        all.toString(),
                        "-o",
                        folder.resolve("no").toString(),
                        "--test",
                        held.toString(),
                        "--test-frac",
                        "0.2")
                .refuses(2, "--test", "--test-frac", "choose one");
        start(
                        "",
                        all.toString(),
                        "-o",
                        folder.resolve("no").toString(),
                        "--val",
                        folder.resolve("gone").toString())
                .refuses(3, "gone", "does not exist");
        assertFalse(Files.exists(folder.resolve("no")));
    }
}
