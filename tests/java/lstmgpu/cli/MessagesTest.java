package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.Printable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says about what it was given, and how long it goes on about it. */
class MessagesTest {
    /** A message may be a sentence with a line of foreign text and the name of a file in it, not a page. */
    private static final int LONGEST_MESSAGE = 700;

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder, "--max-steps", "2");
    }

    private static CommandRun training(Path input, String... flags) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "train", input.toString(), "-o", folder.resolve("out").toString(), "--overwrite", "--preset", "tiny"));
        arguments.addAll(List.of("--max-steps", "0", "--batch-size", "1", "--seq-length", "8", "--progress", "none"));
        arguments.addAll(List.of(flags));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    @Test
    void helpAndVersionAreFoundWherePeopleLook() {
        assertEquals(
                CommandRun.of("--help").succeeds().out(),
                CommandRun.of("help").succeeds().out());
        assertEquals(
                CommandRun.of("train", "--help").succeeds().out(),
                CommandRun.of("help", "train").succeeds().out());
        assertEquals(
                CommandRun.of("--version").succeeds().out(),
                CommandRun.of("-V").succeeds().out());
        CommandRun.of("help", "trian").refuses(2, "trian", "train");
    }

    /** Where there is a GPU, auto takes that, and there is nothing to say. */
    @Test
    void onlyTrainingSaysThatItComputesOnTheCpu() throws IOException {
        String notice = "computing on the CPU: ";
        Path text = folder.resolve("text.txt");
        for (String[] command : new String[][] {
            {"generate", model.toString(), "-n", "3"},
            {"eval", model.toString(), text.toString()},
            {"score", model.toString(), text.toString()}
        }) {
            assertFalse(CommandRun.of(command).succeeds().err().contains(notice), command[0]);
        }
        CommandRun trained = training(text).succeeds();
        boolean onTheCpu = CommandRun.of("doctor", "--json").succeeds().out().contains("\"auto\":\"cpu\"");
        assertEquals(
                onTheCpu ? 1 : 0,
                trained.err().lines().filter(line -> line.contains(notice)).count(),
                trained.err());
    }

    private static Path withTensor(String from, String to) throws IOException {
        Path copy = Files.createTempDirectory(folder, "foreign");
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(model.resolve(name), copy.resolve(name));
        }
        Path weights = copy.resolve("model.safetensors");
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        byte[] renamed = new String(header, StandardCharsets.UTF_8)
                .replaceFirst("\"__metadata__\":\\{[^}]*\\},", "")
                .replace(from, to)
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer written = ByteBuffer.allocate(Long.BYTES + renamed.length + file.remaining())
                .order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                weights, written.putLong(renamed.length).put(renamed).put(file).array());
        return copy;
    }

    @Test
    void foreignTensorsAreShownBesideThoseWanted() throws IOException {
        Path copy = withTensor("rnn.", "encoder.lstm.");
        CommandRun.of("generate", copy.toString(), "--device", "cpu")
                .refuses(3, "'encoder.lstm.weight_ih_l0'", "'rnn.weight_ih_l0'", "more");
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 100_000, 2_000_000})
    void noForeignTextIsLongerThanALine(int length) throws IOException {
        String name = "x".repeat(length);
        Path config = Files.writeString(folder.resolve("config.json"), "{\"" + name + "\": 1}");
        Path broken = Files.writeString(folder.resolve("broken.json"), "{" + name + "}");
        Path text = Files.writeString(folder.resolve("words.txt"), "y".repeat(length) + " and " + "é ".repeat(length));
        for (CommandRun run : List.of(
                CommandRun.of("generate", model.toString(), "--device", "cpu", "-p", "Z".repeat(length)),
                CommandRun.of("generate", withTensor("output.bias", name).toString(), "--device", "cpu"),
                CommandRun.of("generate", model.toString(), "--config", config.toString()),
                CommandRun.of("generate", model.toString(), "--config", broken.toString()),
                CommandRun.of("generate", name),
                CommandRun.of("generate", "two words ".repeat(length / 10)),
                CommandRun.of("generate", model.toString(), "--" + name),
                CommandRun.of("generate", model.toString(), "--top-k", "a b ".repeat(length / 4)),
                CommandRun.of("generate", model.toString(), "--logit-bias", name),
                CommandRun.of(
                        "train", text.toString(), "-o", folder.resolve("o").toString(), "--tokenizer", name),
                CommandRun.of("eval", model.toString(), text.toString(), "--device", "cpu"),
                CommandRun.of("train", "a\nb\nc", "-o", "x"))) {
            assertTrue(run.err().length() < LONGEST_MESSAGE, run.err().length() + ": " + Printable.line(run.err()));
            assertTrue(run.err().lines().count() <= 2, run.err());
        }
    }

    @Test
    void aPatternThatMatchesNothingIsRecognised() throws IOException {
        training(folder.resolve("*.epub")).refuses(3, "*.epub does not exist", "as a pattern it matches no file");
        training(Path.of("nothing-[x]*.txt")).refuses(3, "as a pattern it matches no file");
        training(folder.resolve("{a")).refuses(3, "{a does not exist");
        training(folder.resolve("[a*")).refuses(2, "cannot be understood");
    }

    @Test
    void whatIsNoTextIsToldAndRead() throws IOException {
        Map<String, String> numbers = Map.of(
                "series.csv", "ds,y\n" + "2024-01-01,1.5\n".repeat(30),
                "plain.txt", "1.5 -2e3 7\n".repeat(30),
                "one.txt", "42\n".repeat(60),
                "semicolons.csv", "\"1,5\";\"2,5\"\n".repeat(30));
        numbers.forEach((name, content) -> {
            CommandRun run = training(write(name, content), "--device", "cpu").succeeds();
            assertTrue(run.err().contains(name + " is a table of numbers ("), name + ": " + run.err());
        });
        String record = "{\"id\": 7, \"lang\": \"en\", \"body\": \"some text of the record\"}\n";
        CommandRun records = training(write("records.jsonl", record.repeat(20)), "--device", "cpu")
                .succeeds();
        assertTrue(records.err().contains("has a JSON object on every line"), records.err());
        assertTrue(records.err().contains("for a field alone: --text-column body"), records.err());
        for (String text : List.of(
                "To be, or not to be,\nthat is the question:\n".repeat(9),
                "int a = 1;\nint b = 2;\n{\n}\n".repeat(9),
                "name,city\nAnn,Rome\nBob,Oslo\n".repeat(9),
                "{ not json\n".repeat(9))) {
            CommandRun run =
                    training(write("text.txt", text), "--device", "cpu").succeeds();
            assertEquals("", run.err(), text);
        }
    }

    private static Path write(String name, String content) {
        try {
            return Files.writeString(Files.createTempDirectory(folder, "input").resolve(name), content);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    @Test
    void anEmptyFileAmongManyIsNamedAndTheRestIsRead() throws IOException {
        Path empty = write("empty.txt", "");
        Path hello = write("hello.txt", "hello hello hello hi");
        CommandRun run = training(hello, empty.toString(), "--device", "cpu", "--val-frac", "0")
                .succeeds();
        assertEquals(empty + ": empty, so nothing is read from it\n", run.err());
        CommandRun bytes = training(
                        hello, empty.toString(), "--device", "cpu", "--val-frac", "0", "--tokenizer", "byte", "--lines")
                .succeeds();
        assertTrue(bytes.err().contains("empty.txt"), bytes.err());
        training(empty, empty.toString()).refuses(3, "all 2 inputs are empty", "empty.txt");
        CommandRun judged = CommandRun.of(
                        "eval",
                        model.toString(),
                        folder.resolve("text.txt").toString(),
                        empty.toString(),
                        "--device",
                        "cpu")
                .succeeds();
        assertTrue(judged.err().startsWith(empty.toString()), judged.err());
    }
}
