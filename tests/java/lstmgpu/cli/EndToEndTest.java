package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.network.Tensor;
import lstmgpu.store.Safetensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a text to a model and everything that is done with one. */
class EndToEndTest {
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
    void theModelHasLearnt() throws IOException {
        assertTrue(generate("-p", "the cat sat on", "--greedy", "-n", "12")
                .succeeds()
                .out()
                .startsWith(" the mat num"));
        JsonNode result = JSON.readTree(CommandRun.of("eval", model.toString(), text.toString(), "--json")
                .succeeds()
                .out());
        assertTrue(result.get("loss").asDouble() < 0.5, result.toString());
        assertTrue(result.get("accuracy").asDouble() > 0.8, result.toString());
    }

    @Test
    void evaluationHasTheKeysThatStay() throws IOException {
        CommandRun run = CommandRun.of("eval", model.toString(), text.toString(), "--json")
                .succeeds();
        JsonNode result = JSON.readTree(run.out());
        List<String> names = new ArrayList<>();
        result.fieldNames().forEachRemaining(names::add);
        assertEquals(
                List.of(
                        "loss",
                        "perplexity",
                        "perplexity_per_word",
                        "bits_per_character",
                        "bits_per_byte",
                        "accuracy",
                        "tokens",
                        "tokens_per_second"),
                names);
        assertEquals(Files.size(text) - 1, result.get("tokens").asLong());
        assertEquals(
                Math.exp(result.get("loss").asDouble()),
                result.get("perplexity").asDouble(),
                1e-9);
        assertEquals(
                result.get("loss").asDouble() / Math.log(2),
                result.get("bits_per_character").asDouble(),
                1e-9);
    }

    @Test
    void theFiguresOfAModelThatFollowsTheTextStandBesideThePlainOnes() throws IOException {
        String[] eval = {"eval", model.toString(), text.toString(), "--device", "cpu", "--json"};
        JsonNode plain = JSON.readTree(CommandRun.of(eval).succeeds().out());
        List<String> more = new ArrayList<>(List.of(eval));
        more.addAll(List.of("--dynamic", "--dynamic-on", text.toString(), "--cache", "50", "--cache-tune"));
        more.add(text.toString());
        String[] all = more.toArray(String[]::new);
        JsonNode result = JSON.readTree(CommandRun.of(all).succeeds().out());
        assertEquals(plain.get("loss"), result.get("loss"));
        double words = 9 * 300;
        assertEquals(
                Math.exp(plain.get("loss").asDouble() * (Files.size(text) - 1) / words),
                plain.get("perplexity_per_word").asDouble(),
                1e-9);
        assertEquals("rms", result.at("/dynamic/form").asText());
        assertEquals(0.02, result.at("/dynamic/decay").asDouble(), 1e-6);
        assertTrue(result.at("/cache/lambda").asDouble() >= 0);
        for (String way : List.of("dynamic", "cache")) {
            double loss = result.at("/" + way + "/loss").asDouble();
            assertTrue(loss > 0 && loss < 1, result.toString());
            assertEquals(Math.exp(loss), result.at("/" + way + "/perplexity").asDouble(), 1e-9);
            assertEquals(plain.get("tokens"), result.at("/" + way + "/tokens"));
        }
        all[5] = "--threads=1";
        String table = CommandRun.of(all).succeeds().out();
        assertTrue(table.lines().findFirst().orElseThrow().matches(" +plain +dynamic +cache"), table);
        assertTrue(table.contains("\ndynamic: form rms, length 5, lr 0.002"), table);
    }

    @Test
    void whatRoundedWeightsCostStandsBeside() throws IOException {
        for (String to : List.of("bf16", "int8")) {
            String[] eval = {"eval", model.toString(), text.toString(), "--json", "--device=cpu", "--weights", to};
            JsonNode result = JSON.readTree(CommandRun.of(eval).succeeds().out());
            double plain = result.get("loss").asDouble();
            double rounded = result.at("/" + to + "/loss").asDouble();
            assertNotEquals(plain, rounded, to);
            assertEquals(plain, rounded, 0.02 * plain, to);
            assertEquals(to, result.at("/" + to + "/weights").asText());
        }
    }

    @Test
    void flagsOfFollowingThatContradictEachOtherAreRefused() {
        String[][] refused = {
            {"--dynamic-lr=1", "need --dynamic"},
            {"--cache-theta=1", "need --cache N"},
            {"--cache=0", "--cache must lie from 1"},
            {"--dynamic --dynamic-decay=2", "--dynamic-decay must lie from 0 to 1"},
            {"--dynamic --dynamic-epsilon=0.1", "--dynamic-on"},
            {"--cache=9 --cache-lambda=1", "--cache-lambda must lie"},
            {"--cache=9 --cache-lambda=0.5 --cache-tune=x", "leave those out"},
        };
        for (String[] each : refused) {
            List<String> arguments = new ArrayList<>(List.of("eval", model.toString(), text.toString()));
            arguments.addAll(List.of(each[0].split(" ")));
            CommandRun.of(arguments.toArray(String[]::new)).refuses(2, each[1]);
        }
    }

    @Test
    void scoresAddUpToTheEvaluation() throws IOException {
        double loss = JSON.readTree(CommandRun.of("eval", model.toString(), text.toString(), "--json")
                        .out())
                .get("loss")
                .asDouble();
        List<String> lines = CommandRun.of("score", model.toString(), text.toString(), "--json")
                .succeeds()
                .out()
                .lines()
                .toList();
        double sum = 0;
        for (String line : lines) {
            sum += JSON.readTree(line).get("logprob").asDouble();
        }
        JsonNode first = JSON.readTree(lines.getFirst());
        assertEquals(1, first.get("position").asInt());
        assertEquals("h", first.get("token").asText());
        assertTrue(first.has("id"));
        assertEquals(loss, -sum / lines.size(), 1e-4);
    }

    @Test
    void inspectionShowsConfigurationWeightsAndHistory() {
        String shown = CommandRun.of("inspect", model.toString()).succeeds().out();
        for (String word : List.of("lstm", "rnn.weight_hh_l0", "128 x 32", "held-out loss", "tokenizer       char")) {
            assertTrue(shown.contains(word), () -> word + " is not in:\n" + shown);
        }
    }

    @Test
    void aResumedRunEndsWithTheSameBitsAndNeedsNoFlags() throws IOException {
        Path whole = TinyModel.train(
                Files.createDirectories(folder.resolve("whole")), "--max-steps", "30", "--schedule", "constant");
        Path parts = TinyModel.train(
                Files.createDirectories(folder.resolve("parts")),
                "--max-steps",
                "12",
                "--schedule",
                "constant",
                "--seed",
                "0");
        CommandRun.of(
                        "train",
                        "-o",
                        parts.toString(),
                        "--resume",
                        "--max-steps",
                        "30",
                        "--threads",
                        "1",
                        "--device",
                        "cpu",
                        "--progress",
                        "none")
                .succeeds();
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("model.safetensors")),
                Files.readAllBytes(parts.resolve("model.safetensors")));
    }

    @Test
    void aModelCanStartFromAnother() throws IOException {
        Path next = folder.resolve("next");
        String[] command = {
            "train",
            text.toString(),
            "-o",
            next.toString(),
            "--init-from",
            model.toString(),
            "--max-steps",
            "0",
            "--preset",
            "tiny",
            "--batch-size",
            "8",
            "--device",
            "cpu",
            "--progress",
            "plain"
        };
        CommandRun started = CommandRun.of(command).succeeds();
        String before = started.err()
                .replaceFirst("(?s).*before the first step  held-out loss (\\d+\\.\\d+)  perplexity.*", "$1");
        assertTrue(Double.parseDouble(before) < 1, started.err());
        Map<String, Tensor> given = Safetensors.read(next.resolve("model.safetensors"));
        Safetensors.read(model.resolve("model.safetensors"))
                .forEach((name, tensor) ->
                        assertArrayEquals(tensor.values(), given.get(name).values(), name));
        CommandRun.of(
                        "train",
                        text.toString(),
                        "-o",
                        folder.resolve("other").toString(),
                        "--init-from",
                        model.toString(),
                        "--hidden-size",
                        "99")
                .refuses(2, "--hidden-size", "99");
    }

    @Test
    void devicesTellWhatCouldRunAndWhyNot() {
        String devices = CommandRun.of("devices").succeeds().out();
        assertTrue(devices.lines().anyMatch(line -> line.startsWith("cpu ") && line.contains("yes")), devices);
        assertTrue(devices.lines().anyMatch(line -> line.startsWith("cuda ") && line.contains("no ")), devices);
    }

    @Test
    void theDemoTrainsWritesAndSaysHowToGoOn() {
        Path demo = folder.resolve("demo");
        CommandRun run = CommandRun.of("demo", "-o", demo.toString(), "--max-time", "2s", "--device", "cpu")
                .succeeds();
        assertTrue(run.err().contains("$ lstm-gpu train"), run.err());
        assertTrue(run.err().contains("lstm-gpu generate " + demo), run.err());
        assertTrue(run.out().contains("    /** "), run.out());
        CommandRun.of("demo", "-o", demo.toString(), "--max-time", "1s", "--device", "cpu")
                .succeeds();
    }
}
