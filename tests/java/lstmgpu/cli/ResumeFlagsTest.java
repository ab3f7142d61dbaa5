package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resumed run takes from the record of the first, and what it takes from its own command. */
class ResumeFlagsTest {
    private static final int STEPS_PER_EPOCH = 74;

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void trainAModel() throws IOException {
        model = TinyModel.train(folder, "--max-steps", "3", "--sample-length", "0", "--val-frac", "0");
    }

    private CommandRun resume(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("train", "--resume", "--progress", "none"));
        arguments.addAll(List.of("--device", "cpu", "--threads", "1"));
        arguments.addAll(List.of(flags));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private int steps() throws IOException {
        return new ObjectMapper()
                .readTree(model.resolve("run.json").toFile())
                .get("steps")
                .asInt();
    }

    @Test
    void theDirectoryMayBeGivenInAnyForm() throws IOException {
        resume("-o" + model, "--max-steps", "4").succeeds();
        assertEquals(4, steps());
        resume("-o=" + model, "--max-steps", "5").succeeds();
        resume("--output=" + model, "--max-steps", "6").succeeds();
        assertEquals(6, steps());
        Path config = Files.writeString(
                folder.resolve("config.json"), "{\"output\": \"%s\", \"max-steps\": 7}".formatted(model));
        resume("--config", config.toString()).succeeds();
        assertEquals(7, steps());
        Files.writeString(config, "{\"output\": \"%s\", \"resume\": true, \"max-steps\": 8}".formatted(model));
        CommandRun.of("train", "--config=" + config, "--progress", "none", "--device", "cpu", "--threads", "1")
                .succeeds();
        assertEquals(8, steps());
    }

    @Test
    void aFolderThatSaysSomethingElseIsNotWrittenInto() throws IOException {
        Path config = model.resolve("config.json");
        String whole = Files.readString(config);
        byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
        for (String changed : List.of(
                whole.replace("language-model", "something-else"),
                whole.replaceFirst("\\{", "{\"bidirectional\": true,"))) {
            Files.writeString(config, changed);
            resume("-o", model.toString(), "--max-steps", "9").refuses(3, "config.json");
            assertArrayEquals(weights, Files.readAllBytes(model.resolve("model.safetensors")));
        }
        Files.writeString(config, whole);
        resume("-o", model.toString(), "--max-steps", "9").succeeds();
    }

    @Test
    void aFlagOfSeveralNamesIsRecordedAsItIsGiven() throws IOException {
        String output = model.toString();
        resume("-o", output, "--max-steps", "4", "--weight-decay", "0.1", "--decay-only", "recurrent,biases")
                .succeeds();
        resume("-o", output, "--max-steps", "5").succeeds();
        String groups = new ObjectMapper()
                .readTree(model.resolve("run.json").toFile())
                .at("/settings/optimisation/decayOnly")
                .toString();
        assertEquals("[\"RECURRENT\",\"BIASES\"]", groups);
    }

    /** As a run of a build whose preset said something else. */
    @Test
    void whatNoFlagSaidStaysAsItIsRecorded() throws IOException {
        Path record = model.resolve("run.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode run = (ObjectNode) json.readTree(record.toFile());
        ((ObjectNode) run.at("/settings/optimisation")).put("weightDecay", 0.25).put("gradClip", 0.5);
        run.remove("crc32c");
        json.writeValue(record.toFile(), run);
        resume("-o", model.toString(), "--max-steps", "4", "--grad-clip", "2").succeeds();
        JsonNode after = json.readTree(record.toFile()).at("/settings/optimisation");
        assertEquals(0.25, after.get("weightDecay").asDouble());
        assertEquals(2, after.get("gradClip").asDouble(), "the new command's flag comes first");
    }

    /** As a run of a build whose preset read other steps, and for another time. */
    @Test
    void howDataIsReadAndHowLongStaysAsItIsRecorded() throws IOException {
        Path other = folder.resolve("other");
        String text = folder.resolve("text.txt").toString();
        String[] begin = {
            "train",
            text,
            "-o",
            other.toString(),
            "--preset",
            "tiny",
            "--seq-length",
            "9",
            "--epochs",
            "2",
            "--device",
            "cpu"
        };
        CommandRun.of(begin).succeeds();
        Path record = other.resolve("run.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode run = (ObjectNode) json.readTree(record.toFile());
        ArrayNode arguments = json.createArrayNode();
        for (JsonNode argument : run.get("arguments")) {
            if (!argument.asText().matches("--(seq-length|epochs).*")) {
                arguments.add(argument);
            }
        }
        assertEquals(run.get("arguments").size() - 2, arguments.size(), arguments::toString);
        run.set("arguments", arguments);
        run.remove("crc32c");
        json.writeValue(record.toFile(), run);
        String out =
                dry(resuming("-o", other.toString(), "--dry-run")).succeeds().out();
        assertTrue(out.contains("x 9 tokens"), out);
        assertTrue(out.contains("; %,d in all".formatted(run.get("steps").asInt())), out);
        resume("-o", other.toString(), "--seq-length", "8").refuses(2, "--seq-length: it was 9 and is now 8");
    }

    @Test
    void theLengthIsTheNewOneWhetherInStepsOrInEpochs() throws IOException {
        resume("-o", model.toString(), "--epochs", "1").succeeds();
        assertEquals(STEPS_PER_EPOCH, steps());
        resume("-o", model.toString(), "--max-steps", "80").succeeds();
        assertEquals(80, steps());
        resume("-o", model.toString()).succeeds();
        assertEquals(80, steps());
    }

    @Test
    void aLengthTakesThePlaceOfATime() throws IOException {
        Path timed = folder.resolve("timed");
        String text = folder.resolve("text.txt").toString();
        CommandRun.of(
                        "train",
                        text,
                        "-o",
                        timed.toString(),
                        "--preset",
                        "tiny",
                        "--max-time",
                        "0.2s",
                        "--device",
                        "cpu")
                .succeeds();
        String[] again = {"-o", timed.toString(), "--dry-run"};
        assertTrue(dry(resuming(again)).succeeds().out().contains("as many as 0.2s take"));
        assertTrue(dry(resuming(again), "--max-time", "9s").succeeds().out().contains("as many as 9.0s take"));
        String steps = dry(resuming(again), "--max-steps", "99").succeeds().out();
        assertTrue(steps.contains("; 99 in all\n"), steps);
        String both = dry(resuming("-o", model.toString(), "--dry-run"), "--max-time", "9s")
                .succeeds()
                .out();
        assertTrue(both.contains("; 3 in all, at most 9.0s\n"), both);
    }

    private static String[] resuming(String... flags) {
        return Stream.concat(Stream.of("train", "--resume", "--device", "cpu"), Stream.of(flags))
                .toArray(String[]::new);
    }

    @Test
    void aFlagThatIsGivenAgainStaysOn() throws IOException {
        String output = model.toString();
        resume("-o", output, "--max-steps", "25", "--tensorboard").succeeds();
        long once = events();
        resume("-o", output, "--max-steps", "45").succeeds();
        assertEquals(once + 1, events());
        resume("-o", output, "--max-steps", "65", "--tensorboard").succeeds();
        assertEquals(once + 2, events());
    }

    /** Each process that writes events begins a file. */
    private long events() throws IOException {
        try (var files = Files.list(model.resolve("tensorboard"))) {
            return files.count();
        }
    }

    @Test
    void aTextThatChangedIsRefusedWithWhatChanged() throws IOException {
        Path text = folder.resolve("text.txt");
        String before = Files.readString(text);
        Files.writeString(text, before + "a");
        resume("-o", model.toString(), "--max-steps", "9")
                .refuses(
                        3,
                        "text has changed",
                        "text.txt has %,d bytes and had %,d".formatted(before.length() + 1, before.length()));
        Files.writeString(text, before.replaceFirst("cat", "tac"));
        resume("-o", model.toString(), "--max-steps", "9")
                .refuses(3, "text.txt still has %,d bytes but others".formatted(before.length()));
        resume("-o", model.toString(), "--max-steps", "9", "--dry-run").refuses(3, "text has changed");
        Files.writeString(text, before);
        resume("-o", model.toString(), "--max-steps", "9").succeeds();
    }

    @Test
    void aDryRunMakesTheChecksOfARun() throws IOException {
        String[] run = {
            "train",
            folder.resolve("text.txt").toString(),
            "-o",
            folder.resolve("new").toString(),
            "--preset",
            "tiny",
            "--device",
            "cpu",
            "--dry-run"
        };
        dry(run).succeeds();
        dry(run, "--sample-prompt", "é", "--sample-length", "5").refuses(2, "--sample-prompt");
        dry(run, "--val-frac", "0.00001").refuses(3, "--val-frac");
        dry(run, "--schedule", "cosine", "--epochs", "" + Integer.MAX_VALUE).refuses(2, "cosine");
        dry(run, "--tie-weights", "--embedding-size", "7").refuses(2, "--embedding-size");
        Path weights = model.resolve("model.safetensors");
        Files.write(weights, java.util.Arrays.copyOf(Files.readAllBytes(weights), 1000));
        dry(run, "--init-from", model.toString()).refuses(3, "model.safetensors");
    }

    private static CommandRun dry(String[] run, String... more) {
        List<String> arguments = new ArrayList<>(List.of(run));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }
}
