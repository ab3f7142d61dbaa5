package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreByLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder);
    }

    private static List<JsonNode> scores(Path model, String... inputs) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("score", model.toString()));
        arguments.addAll(List.of(inputs));
        arguments.addAll(List.of("--by-line", "--device", "cpu"));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : CommandRun.of(arguments.toArray(String[]::new))
                .succeeds()
                .out()
                .lines()
                .toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void equalLinesHaveEqualScoresWhereverTheyStandAndHoweverTheyEnd() throws IOException {
        String line = "the cat sat on the mat number 3";
        String input = file("lines.txt", line + "\n" + line + "\r\nthe mat number 3\n\n" + line + "\r" + line)
                .toString();
        List<JsonNode> scores = scores(model, input, file("more.txt", line).toString());
        assertEquals(7, scores.size());
        for (int i : new int[] {1, 4, 5, 6}) {
            assertEquals(i + 1, scores.get(i).get("line").asInt());
            assertEquals(scores.getFirst().get("logprob"), scores.get(i).get("logprob"), "line " + (i + 1));
        }
        JsonNode first = scores.getFirst();
        assertEquals(line.length(), first.get("tokens").asInt());
        assertEquals(
                first.get("logprob").asDouble() / line.length(),
                first.get("per_token").asDouble(),
                1e-12);
        assertEquals(0, scores.get(3).get("tokens").asInt());
        assertTrue(scores.get(3).get("per_token").isNull());
        assertTrue(
                scores.get(2).get("logprob").asDouble() != first.get("logprob").asDouble());
    }

    @Test
    void aRecordIsALineWhateverIsInIt() throws IOException {
        String table = "text,n\nthe cat,1\n\"\",2\n\"the cat\nsat\",3\n\"the cat\n\",4\n";
        List<JsonNode> scores = scores(model, file("records.csv", table).toString(), "--text-column", "text");
        assertEquals(
                List.of(7, 0, 11, 7),
                scores.stream().map(score -> score.get("tokens").asInt()).toList());
        assertTrue(scores.get(1).get("per_token").isNull());
        assertEquals(4, scores.getLast().get("line").asInt());
        assertEquals(scores.getFirst().get("logprob"), scores.getLast().get("logprob"));
    }

    /** What {@code score} says of a text that is a line end and that line. */
    @Test
    void aLineIsReadAsIfAfterALineEnd() throws IOException {
        String line = "the cat sat";
        double sum = CommandRun.of(
                        "score", model.toString(), file("one.txt", "\n" + line).toString(), "--device", "cpu")
                .succeeds()
                .out()
                .lines()
                .mapToDouble(row -> Double.parseDouble(row.split("\t")[2]))
                .sum();
        JsonNode score = scores(model, file("two.txt", line + "\n").toString()).getFirst();
        assertEquals(sum, score.get("logprob").asDouble(), 1e-4);
    }

    /** Among many, of every length, with more than go side by side and with some that are read alone. */
    @Test
    void aLineHasItsOwnScoreWhateverIsBesideIt() throws IOException {
        String words = "the cat sat on the mat number ".repeat(30);
        List<String> lines = new ArrayList<>();
        for (int length = 1; length < 200; length += 2) {
            lines.add(words.substring(length % 7, length % 7 + length));
        }
        for (int length : new int[] {511, 512, 513, 800}) {
            lines.add(words.substring(3, 3 + length));
        }
        List<JsonNode> scores =
                scores(model, file("many.txt", String.join("\n", lines)).toString());
        assertEquals(lines.size(), scores.size());
        for (int i : new int[] {0, 3, 50, 99, 100, 102, 103}) {
            double alone = CommandRun.of(
                            "score",
                            model.toString(),
                            file("alone.txt", "\n" + lines.get(i)).toString(),
                            "--device",
                            "cpu")
                    .succeeds()
                    .out()
                    .lines()
                    .mapToDouble(row -> Double.parseDouble(row.split("\t")[2]))
                    .sum();
            assertEquals(
                    alone,
                    scores.get(i).get("logprob").asDouble(),
                    1e-6 * lines.get(i).length() + 1e-5,
                    "line " + i);
        }
    }

    @Test
    void whatTheModelHasNeverSeenIsNamedAndBytesAreBytes() throws IOException {
        CommandRun run = CommandRun.of(
                "score",
                model.toString(),
                file("unknown.txt", "the cät\nthe cät").toString(),
                "--by-line",
                "--device",
                "cpu");
        assertTrue(run.succeeds().err().contains("'ä' (2×)"), run.err());
        Path latin1 = Files.write(folder.resolve("latin1.txt"), "the c\u00e4t\n".getBytes(StandardCharsets.ISO_8859_1));
        CommandRun refused =
                CommandRun.of("score", model.toString(), latin1.toString(), "--by-line", "--device", "cpu");
        assertEquals(3, refused.code());
        assertTrue(refused.err().contains("line 1 of " + latin1 + " is not valid UTF-8"), refused.err());
        Path bytes = TinyModel.train(Files.createDirectory(folder.resolve("bytes")), "--tokenizer", "byte");
        assertEquals(
                7, scores(bytes, latin1.toString()).getFirst().get("tokens").asInt());
        CommandRun.of("score", model.toString(), latin1.toString(), "--by-line", "--html", "x")
                .refuses(2, "--by-line");
    }
}
