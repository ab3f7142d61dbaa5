package lstmgpu.cli;

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
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands about classes of texts, on texts of three topics. */
class ClassifyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> TOPICS =
            Map.of("food", "bread soup salt oven", "sea", "wave ship sail port", "sport", "ball goal team race");
    private static final String COMMON = "the a of and to in is it was for";

    @TempDir
    static Path folder;

    private static Path texts;
    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        texts = texts(folder, "texts.csv", 300, 1);
        model = folder.resolve("model");
        train(model, "--epochs", "12").succeeds();
    }

    /** Texts of 3 to 30 words, one of five of which tells the topic. */
    static Path texts(Path folder, String name, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> labels = TOPICS.keySet().stream().sorted().toList();
        List<String> lines = new ArrayList<>(List.of("label,text"));
        for (int i = 0; i < count; i++) {
            String label = labels.get(random.nextInt(10) < 6 ? 2 : random.nextInt(2));
            StringBuilder text = new StringBuilder(word(TOPICS.get(label), random));
            for (int length = random.nextInt(2, 30); length > 0; length--) {
                text.append(' ').append(word(random.nextInt(5) == 0 ? TOPICS.get(label) : COMMON, random));
            }
            lines.add(label + "," + text);
        }
        return Files.write(folder.resolve(name), lines);
    }

    private static String word(String words, SplittableRandom random) {
        String[] all = words.split(" ");
        return all[random.nextInt(all.length)];
    }

    private static CommandRun train(Path output, String... more) {
        return train(texts, output, more);
    }

    /** A small network on one thread. */
    static CommandRun train(Path texts, Path output, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("classify", "train", texts.toString(), "-o", output.toString(), "--hidden-size", "12"));
        arguments.addAll(List.of("--embedding-size", "8", "--batch-size", "16", "--lr", "0.02", "--threads", "1"));
        arguments.addAll(List.of("--device", "cpu", "--progress", "none", "--schedule", "constant"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private static JsonNode eval(Path of, Path file) throws IOException {
        return JSON.readTree(
                CommandRun.of("classify", "eval", of.toString(), file.toString(), "--json", "--device", "cpu")
                        .succeeds()
                        .out());
    }

    private static List<JsonNode> predict(String input) throws IOException {
        String out = CommandRun.with(Map.of(), input, "classify", "predict", model.toString(), "-", "--device", "cpu")
                .succeeds()
                .out();
        List<JsonNode> predicted = new ArrayList<>();
        for (String line : out.lines().toList()) {
            predicted.add(JSON.readTree(line));
        }
        return predicted;
    }

    @Test
    void learnsTheTopics() throws IOException {
        JsonNode result = eval(model, texts(folder, "others.csv", 200, 2));
        assertTrue(result.get("accuracy").asDouble() > 0.95, result::toString);
        assertTrue(result.get("macro_f1").asDouble() > 0.95, result::toString);
        assertEquals("food", result.at("/classes/0/label").asText());
        long total = 0;
        for (JsonNode row : result.get("confusion")) {
            for (JsonNode count : row) {
                total += count.asLong();
            }
        }
        assertEquals(200, total);
        assertEquals(
                "sea",
                predict("the ship was in the port\n").getFirst().get("label").asText());
    }

    /** Nothing of what stands beside a text reaches it. */
    @Test
    void aTextHasTheSameProbabilitiesByItselfAndAmongLongerOnes() throws IOException {
        String text = "a ship";
        JsonNode alone = predict(text + "\n").getFirst().get("probabilities");
        JsonNode among = predict("it was the ball of the team for a race in it and to the goal ".repeat(9)
                        + "\n"
                        + text
                        + "\nbread and salt and soup of the oven\n")
                .get(1)
                .get("probabilities");
        double sum = 0;
        for (String label : TOPICS.keySet()) {
            assertEquals(alone.get(label).asDouble(), among.get(label).asDouble(), 1e-6, label);
            sum += alone.get(label).asDouble();
        }
        assertEquals(1, sum, 1e-9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--pooling=last --bidirectional --class-weights=balanced",
                "--pooling=mean --cell=gru --num-layers=2 --dropout=0.3 --bidirectional",
                "--tokenizer=char --class-weights=sea=3,food=0.5"
            })
    void aRunThatGoesOnHasTheSameBits(String flags) throws IOException {
        String[] more = (flags + " --save-every=7 --eval-every=7").split(" ");
        String name = "bits" + flags.hashCode();
        Path whole = folder.resolve(name);
        Path parts = folder.resolve(name + "-parts");
        train(whole, with(more, "--max-steps", "25")).succeeds();
        train(parts, with(more, "--max-steps", "11")).succeeds();
        CommandRun.of("classify", "train", "-o", parts.toString(), "--resume", "--max-steps", "25", "--device", "cpu")
                .succeeds();
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(parts.resolve("model.safetensors")));
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void theHeldOutLossIsThatOfEval() throws IOException {
        Path other = texts(folder, "held-out.csv", 60, 3);
        Path judged = folder.resolve("judged");
        String out = train(
                        judged,
                        "--val",
                        other.toString(),
                        "--max-steps",
                        "20",
                        "--eval-every",
                        "20",
                        "--class-weights",
                        "balanced")
                .succeeds()
                .out();
        String loss = out.replaceAll("(?s).*: ([0-9.]+) nats per text.*", "$1");
        assertEquals(Double.parseDouble(loss), eval(judged, other).get("loss").asDouble(), 1e-4, out);
        String table = CommandRun.of("eval", judged.toString(), other.toString(), "--device", "cpu")
                .succeeds()
                .out();
        assertTrue(table.contains(loss) && table.contains("accuracy") && table.contains("macro-F1"), table);
        Files.delete(other);
        CommandRun.of("classify", "train", "-o", judged.toString(), "--resume", "--max-steps", "30")
                .refuses(3, "held-out.csv", "does not exist");
    }

    @Test
    void classWeightsShiftWhatIsPredicted() throws IOException {
        Path even = folder.resolve("even");
        Path shifted = folder.resolve("shifted");
        train(even, "--max-steps", "3").succeeds();
        train(shifted, "--max-steps", "3", "--class-weights", "food=50").succeeds();
        double before = eval(even, texts).at("/classes/0/recall").asDouble();
        double after = eval(shifted, texts).at("/classes/0/recall").asDouble();
        assertTrue(after > before, before + " " + after);
        CommandRun.of(
                        "classify",
                        "train",
                        "-o",
                        shifted.toString(),
                        "--resume",
                        "--max-steps",
                        "5",
                        "--class-weights",
                        "food=40")
                .refuses(2, "--class-weights", "resumed");
    }

    @Test
    void vectorsOfWordsAreWhereTheEmbeddingBegins() throws IOException {
        Path vectors = Files.writeString(folder.resolve("vectors.txt"), "2 3\nship 0.5 0.25 -1\nunseen 1 2 3\n");
        Path begun = folder.resolve("begun");
        List<String> arguments = List.of(
                "classify",
                "train",
                texts.toString(),
                "-o",
                begun.toString(),
                "--vectors",
                vectors.toString(),
                "--max-steps",
                "0",
                "--device",
                "cpu");
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new)).succeeds();
        assertTrue(run.err().contains("vectors of 3 numbers for 1 of "), run.err());
        float[] embedding = lstmgpu.store.ModelDirectory.open(begun)
                .weights()
                .get("embedding.weight")
                .values();
        int hits = 0;
        for (int i = 0; i < embedding.length; i += 3) {
            hits += embedding[i] == 0.5f && embedding[i + 1] == 0.25f && embedding[i + 2] == -1 ? 1 : 0;
        }
        assertEquals(1, hits);
        train(folder.resolve("refused"), "--vectors", vectors.toString())
                .refuses(2, "--embedding-size 8", "3 numbers", "vectors.txt");
    }

    @Test
    void aLongTextIsCutAndThatIsSaid() throws IOException {
        Path cut = folder.resolve("cut");
        CommandRun run = CommandRun.of(
                        "classify",
                        "train",
                        texts.toString(),
                        "-o",
                        cut.toString(),
                        "--max-length",
                        "5",
                        "--max-steps",
                        "1",
                        "--device",
                        "cpu",
                        "--progress",
                        "none")
                .succeeds();
        assertTrue(run.err().matches("(?s).*texts of 300 are longer than --max-length 5, .*left out.*"), run.err());
        run = CommandRun.with(
                        Map.of(), "a a a a a a a\n", "classify", "predict", cut.toString(), "-", "--device", "cpu")
                .succeeds();
        assertTrue(run.err().contains("1 text of 1 is longer than --max-length 5, and 2 of 7 tokens"), run.err());
    }

    @Test
    void theChartIsAPicture() throws IOException {
        Path chart = folder.resolve("chart.svg");
        CommandRun.of(
                        "classify",
                        "eval",
                        model.toString(),
                        texts.toString(),
                        "--chart",
                        chart.toString(),
                        "--device",
                        "cpu")
                .succeeds();
        assertTrue(Files.readString(chart).contains(">sport<"));
        CommandRun.of("classify", "eval", model.toString(), texts.toString(), "--chart", "chart.pdf")
                .refuses(2, ".svg or .png", "chart.pdf");
    }

    @Test
    void inspectShowsTheNetwork() throws IOException {
        String shown = CommandRun.of("inspect", model.toString()).succeeds().out();
        for (String part : List.of("directions ", "classes of a whole sequence: 3", "embedding.weight")) {
            assertTrue(shown.contains(part), shown);
        }
        JsonNode json = JSON.readTree(
                CommandRun.of("inspect", model.toString(), "--json").succeeds().out());
        assertEquals(3, json.get("outputs").asInt());
        assertTrue(json.get("vocabulary").asInt() > 10, json.toString());
    }
}
