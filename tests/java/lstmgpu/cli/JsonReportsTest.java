package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that docs/json.md promises. */
class JsonReportsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder, "--eval-every", "20");
    }

    private static List<JsonNode> rows(String... arguments) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : CommandRun.of(arguments).succeeds().out().lines().toList()) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private static void hasKeys(JsonNode object, String... keys) {
        for (String key : keys) {
            assertTrue(object.has(key), () -> key + " is not in " + object);
        }
    }

    @Test
    void inspect() throws IOException {
        JsonNode shown = rows("inspect", model.toString(), "--json").getFirst();
        hasKeys(shown, "cell", "layers", "hidden_size", "embedding_size", "tied_weights", "dropout", "tokenizer");
        hasKeys(shown, "vocabulary", "parameters", "tensors", "run", "history");
        hasKeys(shown, "task", "bidirectional", "head", "outputs");
        assertEquals("lstm", shown.get("cell").asText());
        assertEquals(32, shown.get("hidden_size").asInt());
        long weights = 0;
        for (JsonNode tensor : shown.get("tensors")) {
            hasKeys(tensor, "name", "shape", "weights", "mean", "std", "largest");
            weights += tensor.get("weights").asLong();
        }
        assertEquals(weights, shown.get("parameters").asLong());
        assertTrue(shown.get("run").has("settings"));
        hasKeys(shown.get("history").get(0), "step", "epoch", "training_loss", "held_out_loss", "learning_rate");
        hasKeys(shown.get("history").get(0), "gradient_norm", "gradient_norm_max");
        JsonNode found = rows("inspect", model.toString(), "--json", "--text", "the cat\nsat on\nthe mat\n")
                .getFirst();
        assertEquals(23, found.get("tokens").asInt());
        hasKeys(found.get("findings").get(0), "follows", "layer", "unit", "correlation");
        List<JsonNode> gradients = rows(
                "inspect", model.toString(), "--json", "--gradients", "--distances", "5", "--text", "the cat sat on");
        assertEquals(6 + 1, gradients.size());
        hasKeys(gradients.get(5), "layer", "distance", "norm", "median");
        assertEquals(5, gradients.get(5).get("distance").asInt());
        hasKeys(gradients.getLast(), "layer", "reach", "farthest", "share", "places");
    }

    @Test
    void memory() throws IOException {
        String[] toy = {
            "memory",
            "--json",
            "-",
            "--lengths",
            "5",
            "--max-steps",
            "2",
            "--hidden-size",
            "4",
            "--device",
            "cpu",
            "--task"
        };
        for (String task : List.of("first", "adding", "copy")) {
            List<JsonNode> rows =
                    rows(Stream.concat(Arrays.stream(toy), Stream.of(task)).toArray(String[]::new));
            assertEquals(4, rows.size());
            hasKeys(rows.getFirst(), "task", "cell", "length", "chance", "steps", "solved", "time_over", "seconds");
            hasKeys(rows.getFirst(), task.equals("adding") ? "error" : "accuracy");
        }
    }

    @Test
    void compare() throws IOException {
        JsonNode run = rows("compare", model.toString(), "--json").getFirst();
        hasKeys(run, "run", "group", "text", "text_sha256", "held_out_loss", "best_step", "training_loss", "steps");
        hasKeys(run, "seconds", "tokens_per_second", "settings");
        assertEquals(40, run.get("steps").asInt());
        assertTrue(run.get("held_out_loss").isNumber());
    }

    @Test
    void devicesAndDoctor() throws IOException {
        List<JsonNode> devices = rows("devices", "--json");
        for (JsonNode device : devices) {
            hasKeys(device, "device", "available");
            hasKeys(device, device.get("available").asBoolean() ? "memory_bytes" : "reason");
        }
        assertTrue(
                devices.stream()
                        .anyMatch(device -> device.get("device").asText().equals("cpu")),
                devices::toString);
        JsonNode doctor = rows("doctor", "--json").getFirst();
        hasKeys(doctor, "findings", "auto");
        for (JsonNode finding : doctor.get("findings")) {
            hasKeys(finding, "name", "usable", "finding", "advice");
        }
    }

    @Test
    void everyKeyStandsInTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("docs/json.md"));
        List<JsonNode> all = new ArrayList<>(rows("inspect", model.toString(), "--json"));
        all.addAll(rows("inspect", model.toString(), "--json", "--text", "the cat\nsat on\n"));
        all.addAll(rows("inspect", model.toString(), "--json", "--gradients", "--text", "the cat"));
        all.addAll(rows(
                "inspect",
                model.toString(),
                "--json",
                "--text",
                "the cat",
                "--states",
                folder.resolve("states.npy").toString()));
        for (String task : List.of("first", "adding")) {
            all.addAll(rows(
                    "memory", "--json", "-", "--lengths", "5", "--max-steps", "2", "--device", "cpu", "--task", task));
        }
        all.addAll(rows("compare", model.toString(), "--json"));
        all.addAll(rows("devices", "--json"));
        all.addAll(rows("doctor", "--json"));
        all.addAll(rows("eval", model.toString(), folder.resolve("text.txt").toString(), "--json", "--device", "cpu"));
        all.addAll(rows(
                "eval",
                model.toString(),
                folder.resolve("text.txt").toString(),
                "--json",
                "--device=cpu",
                "--dynamic",
                "--cache=9"));
        all.addAll(
                rows("score", model.toString(), folder.resolve("text.txt").toString(), "--by-line", "--device", "cpu"));
        all.addAll(rows("generate", model.toString(), "--format", "jsonl", "--logprobs", "-n", "3", "--device", "cpu"));
        all.addAll(classes());
        all.forEach(object -> standIn(page, object));
    }

    private static List<JsonNode> classes() throws IOException {
        String texts = Files.writeString(folder.resolve("texts.csv"), "text,label\nto be,a\nor not,b\nto be,b\n")
                .toString();
        String classifier = folder.resolve("classes").toString();
        CommandRun.of(
                        "classify",
                        "train",
                        texts,
                        "-o",
                        classifier,
                        "--hidden-size",
                        "4",
                        "--batch-size",
                        "1",
                        "--max-steps",
                        "1",
                        "--device",
                        "cpu",
                        "--progress",
                        "none")
                .succeeds();
        List<JsonNode> found =
                new ArrayList<>(rows("classify", "eval", classifier, texts, "--json", "--device", "cpu"));
        hasKeys(found.getFirst(), "accuracy", "macro_f1", "loss", "classes", "confusion");
        found.addAll(rows("eval", classifier, texts, "--json", "--device", "cpu"));
        CommandRun.of("eval", classifier, texts, "--cache", "9").refuses(2, "another task");
        found.addAll(rows("classify", "predict", classifier, texts, "--device", "cpu"));
        hasKeys(found.getLast(), "label", "probabilities");
        return found;
    }

    /** What run.json holds, and the settings of a run, stand elsewhere; labels are the data's. */
    private static void standIn(String page, JsonNode value) {
        value.properties().forEach(field -> {
            String key = field.getKey();
            assertTrue(page.contains("`" + key + "`"), key);
            if (!List.of("run", "settings", "probabilities").contains(key)) {
                standIn(page, field.getValue());
            }
        });
        if (value.isArray()) {
            value.forEach(element -> standIn(page, element));
        }
    }
}
