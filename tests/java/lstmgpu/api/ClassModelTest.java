package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes by the library are what they are by the program. */
class ClassModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TEXTS = new ArrayList<>();
    private static final List<String> LABELS = new ArrayList<>();
    private static final ClassTraining TRAINING = ClassModel.training()
            .hiddenSize(8)
            .embeddingSize(8)
            .batchSize(8)
            .maxSteps(30)
            .minFreq(1)
            .seed(3);

    @TempDir
    static Path folder;

    private static Path table;
    private static Device device;
    private static ClassModel model;

    @BeforeAll
    static void train() throws IOException {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 60; i++) {
            String label = List.of("up", "down", "round").get(i % 3);
            TEXTS.add("we went %s the hill %d times".formatted(label, i % 7));
            LABELS.add(label);
            csv.append("%s,%s\n".formatted(TEXTS.getLast(), label));
        }
        table = Files.writeString(folder.resolve("texts.csv"), csv);
        device = Device.open("cpu", 1);
        model = TRAINING.train(device, Documents.files(table), folder.resolve("api"));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static byte[] weights(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    }

    @Test
    void trainingByTheLibraryIsTrainingByTheCommand() throws IOException {
        Commands.run(
                        "classify",
                        "train",
                        table.toString(),
                        "-o",
                        folder.resolve("command").toString(),
                        "--hidden-size",
                        "8",
                        "--embedding-size",
                        "8",
                        "--batch-size",
                        "8",
                        "--max-steps",
                        "30",
                        "--min-freq",
                        "1",
                        "--seed",
                        "3",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertArrayEquals(weights("command"), weights("api"));
        TRAINING.train(device, Documents.of(TEXTS, LABELS), folder.resolve("memory"))
                .close();
        assertArrayEquals(weights("memory"), weights("api"));
        assertEquals(List.of("down", "round", "up"), model.labels());
    }

    @Test
    void textsOfTheirOwnJudgeItAsByTheCommand() throws IOException {
        Path own = Files.writeString(folder.resolve("own.csv"), "text,label\nwe went up,up\nwe went down,down\n");
        ClassTraining judged =
                ClassModel.training().hiddenSize(4).batchSize(8).maxSteps(3).val(own);
        judged.train(device, Documents.files(table), folder.resolve("judged")).close();
        Commands.run(
                        "classify",
                        "train",
                        table.toString(),
                        "-o",
                        folder.resolve("judged-command").toString(),
                        "--hidden-size",
                        "4",
                        "--batch-size",
                        "8",
                        "--max-steps",
                        "3",
                        "--val",
                        own.toString(),
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertArrayEquals(weights("judged-command"), weights("judged"));
        JsonNode data = run("judged-command").get("data");
        assertEquals(data, run("judged").get("data"));
        assertEquals(
                run("judged-command").get("best_validation_loss"), run("judged").get("best_validation_loss"));
    }

    private static JsonNode run(String name) throws IOException {
        return JSON.readTree(folder.resolve(name).resolve("run.json").toFile());
    }

    @Test
    void itTellsWhatTheCommandTells() throws IOException {
        String[] lines = Commands.run(
                        "classify",
                        "predict",
                        folder.resolve("api").toString(),
                        table.toString(),
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .succeeds()
                .out()
                .split("\n");
        List<Prediction> found = model.classify(TEXTS);
        assertEquals(lines.length, found.size());
        for (int i = 0; i < lines.length; i++) {
            JsonNode line = JSON.readTree(lines[i]);
            assertEquals(line.get("label").asText(), found.get(i).label());
            for (String label : model.labels()) {
                assertEquals(
                        line.get("probabilities").get(label).asDouble(),
                        found.get(i).probabilities().get(label));
            }
        }
        assertEquals(found.getFirst().label(), model.classify(TEXTS.getFirst()).label());
        assertEquals(List.of(), model.classify(List.of()));
    }

    @Test
    void itIsJudgedAsByTheCommand() throws IOException {
        JsonNode expected = JSON.readTree(Commands.run(
                        "classify",
                        "eval",
                        folder.resolve("api").toString(),
                        table.toString(),
                        "--json",
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .succeeds()
                .out());
        ClassEvaluation found = model.evaluate(Documents.of(TEXTS, LABELS));
        assertEquals(expected.get("loss").asDouble(), found.whole().loss());
        assertEquals(
                expected.get("accuracy").asDouble(), found.whole().metrics().get("accuracy"));
        assertEquals(
                expected.get("macro_f1").asDouble(), found.whole().metrics().get("macro_f1"));
        for (int i = 0; i < 3; i++) {
            JsonNode own = expected.get("classes").get(i);
            ClassEvaluation.Scores scores = found.classes().get(i);
            assertEquals(own.get("label").asText(), scores.label());
            assertEquals(own.get("precision").asDouble(), scores.precision());
            assertEquals(own.get("recall").asDouble(), scores.recall());
            assertEquals(own.get("f1").asDouble(), scores.f1());
            assertEquals(20, scores.texts());
            for (int j = 0; j < 3; j++) {
                assertEquals(
                        expected.get("confusion").get(i).get(j).asLong(),
                        scores.takenFor().get(j));
            }
        }
    }

    @Test
    void badDocumentsAreRefused() {
        TextModelRig.refused(LstmException.Kind.DATA, "2 labels", () -> Documents.of(List.of("a"), List.of("b", "c")));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "'sideways'",
                () -> model.evaluate(Documents.of(List.of("we"), List.of("sideways"))));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "column 'body'",
                () -> model.evaluate(Documents.files(table).columns("body", "label")));
        TextModelRig.refused(LstmException.Kind.DATA, "texts, line 2", () -> model.classify(List.of("we", "")));
        TextModelRig.refused(
                LstmException.Kind.USAGE,
                "pooling is one of",
                () -> TRAINING.pooling("sum").train(device, Documents.of(TEXTS, LABELS), folder.resolve("odd")));
    }

    @Test
    void everySettingIsTheFlagOfItsName() throws IOException {
        Path vectors = Files.writeString(folder.resolve("vectors.txt"), "we 1 2 3 4\nhill 4 3 2 1\n");
        Path named = Files.writeString(
                folder.resolve("named.csv"), Files.readString(table).replace("text,label", "body,way"));
        ClassModel.training()
                .hiddenSize(4)
                .pooling("mean")
                .bidirectional(true)
                .maxLength(5)
                .classWeights("up=2,down=1,round=1")
                .vectors(vectors)
                .valFrac(0.2)
                .tokenizer("word")
                .vocabSize(12)
                .minFreq(2)
                .batchSize(8)
                .maxSteps(3)
                .train(device, Documents.files(named).columns("body", "way"), folder.resolve("settings"))
                .close();
        Commands.run(
                        "classify",
                        "train",
                        named.toString(),
                        "-o",
                        folder.resolve("settings-command").toString(),
                        "--text-column",
                        "body",
                        "--label-column",
                        "way",
                        "--hidden-size",
                        "4",
                        "--pooling",
                        "mean",
                        "--bidirectional",
                        "--max-length",
                        "5",
                        "--class-weights",
                        "up=2,down=1,round=1",
                        "--vectors",
                        vectors.toString(),
                        "--val-frac",
                        "0.2",
                        "--tokenizer",
                        "word",
                        "--vocab-size",
                        "12",
                        "--min-freq",
                        "2",
                        "--batch-size",
                        "8",
                        "--max-steps",
                        "3",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertArrayEquals(weights("settings-command"), weights("settings"));
        assertEquals(
                Files.readString(folder.resolve("settings-command").resolve("classifier.json")),
                Files.readString(folder.resolve("settings").resolve("classifier.json")));
        try (ClassModel loaded = ClassModel.load(device, folder.resolve("settings"))) {
            assertTrue(loaded.evaluate(Documents.files(named)).whole().count() > 0, "its own columns");
        }
    }
}
