package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands about classes of texts refuse. */
class ClassifyInputTest {
    @TempDir
    static Path folder;

    private static Path texts;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        texts = ClassifyTest.texts(folder, "texts.csv", 60, 1);
        model = folder.resolve("model");
        train(model, "--max-steps", "1").succeeds();
    }

    private static CommandRun train(Path output, String... more) {
        return ClassifyTest.train(texts, output, more);
    }

    @Test
    void badInputIsNamedWithFileAndLine() throws IOException {
        Path unseen = Files.writeString(folder.resolve("unseen.csv"), "text,label\na ship,sea\na cloud,sky\n");
        CommandRun.of("classify", "eval", model.toString(), unseen.toString())
                .refuses(3, "unseen.csv, line 3", "'sky' was never seen", "'food', 'sea', 'sport'");
        Path empty = Files.writeString(folder.resolve("empty.csv"), "text,label\na ship,sea\n\"\",sea\n");
        CommandRun.of("classify", "predict", model.toString(), empty.toString())
                .refuses(3, "empty.csv, line 3", "the text is empty");
        Path one = Files.writeString(folder.resolve("one.csv"), "text,label\na ship,sea\na port,sea\n");
        CommandRun.of(
                        "classify",
                        "train",
                        one.toString(),
                        "-o",
                        folder.resolve("none").toString())
                .refuses(3, "one.csv, line 2", "'sea'", "two classes");
        CommandRun.of(
                        "classify",
                        "train",
                        one.toString(),
                        "-o",
                        folder.resolve("none").toString(),
                        "--text-column",
                        "body")
                .refuses(3, "one.csv, line 1", "'body'", "--text-column");
        CommandRun.of("classify", "predict", model.toString(), one.toString(), "--text-column", "body")
                .refuses(3, "one.csv, line 1", "'body'");
        train(folder.resolve("none"), "--class-weights", "sky=2").refuses(2, "--class-weights", "'sky=2'", "balanced");
        train(folder.resolve("none"), "--class-weights", "sea=-2").refuses(2, "'sea'", "above 0");
        train(folder.resolve("none"), "--val-frac", "1").refuses(2, "--val-frac");
        train(folder.resolve("none"), "--batch-size", "1000").refuses(3, "--batch-size", "texts");
        assertTrue(Files.notExists(folder.resolve("none")));
    }

    @Test
    void standardInputIsCalledSo() {
        for (String command : List.of("predict", "eval")) {
            CommandRun empty = CommandRun.with(Map.of(), "", "classify", command, model.toString(), "-");
            empty.refuses(3, "standard input is empty (0 bytes)", "something in it");
            CommandRun bad =
                    CommandRun.with(Map.of(), "text,label\n,sea\n", "classify", command, model.toString(), "-");
            bad.refuses(3, "standard input, line 2", "the text is empty");
            assertFalse(bad.err().contains("input-"), bad.err());
        }
    }

    @Test
    void textAndLabelAreTwoColumns() {
        train(folder.resolve("none"), "--label-column", "text").refuses(2, "--text-column", "--label-column", "'text'");
        CommandRun.of("classify", "eval", model.toString(), texts.toString(), "--text-column", "label")
                .refuses(2, "--text-column", "'label'");
    }

    /** Although the balanced weights are others too. */
    @Test
    void changedDataIsToldFromOtherWeights() throws IOException {
        Path data = Files.copy(texts, folder.resolve("changing.csv"));
        Path run = folder.resolve("changing");
        ClassifyTest.train(data, run, "--max-steps", "1", "--class-weights", "balanced")
                .succeeds();
        Files.writeString(data, Files.readString(data) + "food,salt\nfood,salt\nfood,salt\nfood,salt\n");
        CommandRun.of(
                        "classify",
                        "train",
                        data.toString(),
                        "-o",
                        run.toString(),
                        "--resume",
                        "--max-steps",
                        "2",
                        "--device",
                        "cpu")
                .refuses(3, "the text has changed", "changing.csv");
    }

    @Test
    void aModelThatTellsNoClassesIsRefused() throws IOException {
        Path language = TinyModel.train(Files.createDirectories(folder.resolve("language")), "--max-steps", "1");
        CommandRun.of("classify", "predict", language.toString(), texts.toString())
                .refuses(3, "'language-model'", "classify train");
        CommandRun.of("generate", model.toString()).refuses(3, "'classification'");
    }

    @Test
    void aClassifierThatIsNotTheWeightsOwnIsRefused() throws IOException {
        Path damaged = folder.resolve("damaged");
        train(damaged, "--max-steps", "1").succeeds();
        Path file = damaged.resolve("classifier.json");
        String text = Files.readString(file);
        Files.writeString(file, text.replace("\"food\", ", ""));
        CommandRun.of("classify", "eval", damaged.toString(), texts.toString())
                .refuses(3, "classifier.json", "labels", "output_size 3");
        Files.writeString(file, text.replace("\"food\"", "\"feud\""));
        CommandRun.of("classify", "predict", damaged.toString(), texts.toString())
                .refuses(3, "classifier.json", "is not as it was");
        assertNotEquals(text, Files.readString(file));
    }
}
