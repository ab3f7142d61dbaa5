package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.Map;
import lstmgpu.HomeFolders;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.JsonFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What run.json may say to a run that goes on, what it tells of its user, and which way leads out of a refusal. */
class RecordedRunTest {
    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void trainAModel() throws IOException {
        model = TinyModel.train(folder, "--max-steps", "3", "--sample-length", "0", "--val-frac", "0");
    }

    private static CommandRun train(Object... words) {
        List<String> all = new ArrayList<>(List.of("train", "--progress", "none", "--device", "cpu", "--threads", "1"));
        for (Object word : words) {
            all.add(word.toString());
        }
        return CommandRun.of(all.toArray(String[]::new));
    }

    private ObjectNode run() {
        return JsonFiles.read(model.resolve("run.json"));
    }

    private int steps() {
        return run().get("steps").asInt();
    }

    /** None of these would be a run that goes on: one would delete the model, one needs a device that is not here. */
    @Test
    void flagsOfOneStartAreNotTakenFromTheRecord() {
        ObjectNode run = run();
        ArrayNode arguments = (ArrayNode) run.get("arguments");
        for (String flag : List.of(
                "--overwrite=true",
                "--init-from=" + folder.resolve("nothing"),
                "--device=opencl:99",
                "--threads=-4",
                "--output=" + folder.resolve("elsewhere"),
                "--config=" + folder.resolve("nothing"),
                "--dry-run=true",
                "--extend-vocab=true")) {
            arguments.insert(arguments.size() - 2, flag); // behind all others, which would win otherwise
        }
        JsonFiles.writeSealed(model.resolve("run.json"), run);
        CommandRun.of("train", "--resume", "-o", model.toString(), "--max-steps", "5", "--progress", "none")
                .succeeds();
        assertEquals(5, steps());
        assertFalse(Files.exists(folder.resolve("elsewhere")));
    }

    @Test
    void noFolderOfTheUserIsNamed() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home/person/texts"));
        Path text = Files.copy(folder.resolve("text.txt"), home.resolve("secret.txt"));
        String before = System.getProperty("user.home");
        System.setProperty("user.home", folder.resolve("home/person").toString());
        try {
            for (String place : List.of("home/person/model", "outside/model")) {
                Path target = folder.resolve(place);
                Files.createDirectories(target.getParent());
                String[] flags = {"--preset", "tiny", "--max-steps", "2", "--batch-size", "4", "--seq-length", "8"};
                List<Object> words = new ArrayList<>(List.of(text, "-o", target));
                words.addAll(List.of(flags));
                train(words.toArray()).succeeds();
                for (Path file :
                        List.of(target.resolve("run.json"), target.resolve("checkpoints/step-00000002/state.json"))) {
                    String content = Files.readString(file);
                    assertFalse(content.contains("person"), content);
                    assertTrue(content.contains("secret.txt"), content);
                }
            }
            train("-o", folder.resolve("home/person/model"), "--resume", "--max-steps", "3")
                    .succeeds();
            train("-o", folder.resolve("outside/model"), "--resume", "--max-steps", "3")
                    .refuses(3, "secret.txt", "INPUT");
            train(text, "-o", folder.resolve("outside/model"), "--resume", "--max-steps", "3")
                    .succeeds();
        } finally {
            System.setProperty("user.home", before);
        }
    }

    @Test
    void modelAndTextMayMoveTogetherAndATextThatIsGoneIsAskedFor() throws IOException {
        Path moved = Files.createDirectory(folder.resolve("moved"));
        Files.move(folder.resolve("text.txt"), moved.resolve("text.txt"));
        train("-o", model, "--resume", "--max-steps", "4").refuses(3, "text.txt", "--resume", "INPUT");
        train(moved.resolve("text.txt"), "-o", model, "--resume", "--max-steps", "4")
                .succeeds();
        Files.move(moved.resolve("text.txt"), folder.resolve("text.txt"));
        train(folder.resolve("text.txt"), "-o", model, "--resume", "--max-steps", "5")
                .succeeds();
        Files.move(model, moved.resolve("model"));
        Files.move(folder.resolve("text.txt"), moved.resolve("text.txt"));
        model = moved.resolve("model");
        train("-o", model, "--resume", "--max-steps", "6").succeeds();
        assertEquals(6, steps());
    }

    /** The last one has a name of char-rnn's days, which is written in another way where it is a flag. */
    @ParameterizedTest
    @ValueSource(strings = {"--lr=9.txt", "--learning-rate=9.txt", "--rnn_size=9.txt"})
    void anInputThatIsCalledLikeAFlagIsResumed(String name) throws IOException {
        Path target = folder.resolve("named");
        Path text = Files.copy(folder.resolve("text.txt"), Path.of(name));
        try {
            String[] words = {"-o", target.toString(), "--preset", "tiny", "--max-steps", "2", "--lr", "0.001"};
            List<Object> all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--batch-size", "4", "--seq-length", "8", "--", text));
            train(all.toArray()).succeeds();
            train("-o", target, "--resume", "--max-steps", "3").succeeds();
            train("-o", target, "--resume", "--max-steps", "4", "--", text).succeeds();
            JsonNode run =
                    new ObjectMapper().readTree(target.resolve("run.json").toFile());
            assertEquals(0.001, run.at("/settings/optimisation/learningRate").asDouble(), 1e-9);
            assertEquals(4, run.get("steps").asInt());
        } finally {
            Files.delete(text);
        }
    }

    /** Its way from the model's folder is its name, which is recorded behind what ends the flags. */
    @Test
    void soIsOneInTheModelsOwnFolder() throws IOException {
        Path target = Files.createDirectory(folder.resolve("own"));
        Path text = Files.copy(folder.resolve("text.txt"), target.resolve("--learning-rate=9.txt"));
        TinyModel.trainOn(text, target, "--max-steps", "2", "--lr", "0.001", "--sample-length", "0");
        train("-o", target, "--resume", "--max-steps", "3").succeeds();
        ObjectNode run = JsonFiles.read(target.resolve("run.json"));
        assertEquals(0.001, run.at("/settings/optimisation/learningRate").asDouble(), 1e-9);
        assertEquals(3, run.get("steps").asInt());
    }

    /** Earlier builds recorded inputs as they were typed, before the flags, and no sums. */
    @Test
    void aRecordOfAnEarlierBuildIsResumed() throws IOException {
        ObjectNode run = run();
        ArrayNode arguments = (ArrayNode) run.get("arguments");
        arguments.remove(arguments.size() - 1);
        arguments.remove(arguments.size() - 1);
        arguments.insert(0, folder.resolve("text.txt").toString());
        Files.writeString(model.resolve("run.json"), run.toString());
        train("-o", model, "--resume", "--max-steps", "4").succeeds();
        assertEquals(4, steps());
    }

    @Test
    void aRecordFromBeforeResetsGoesOnWithoutThem() throws IOException {
        TinyModel.train(folder, "--max-steps", "2", "--reset-state", "0", "--overwrite");
        ObjectNode run = run();
        ArrayNode arguments = (ArrayNode) run.get("arguments");
        for (int i = arguments.size() - 1; i >= 0; i--) {
            if (arguments.get(i).asText().startsWith("--reset-state")) {
                arguments.remove(i);
            }
        }
        ((ObjectNode) run.at("/settings/loop")).remove("resetState");
        Files.writeString(model.resolve("run.json"), run.toString());
        train("-o", model, "--resume", "--max-steps", "4").succeeds();
        assertEquals(4, steps());
        assertEquals(0, run().at("/settings/loop/resetState").asDouble());
    }

    @Test
    void aNameWithASpaceIsQuotedInACommand() throws IOException {
        Path spaced = Files.move(model, folder.resolve("my model"));
        AtomicFiles.deleteTree(spaced.resolve("checkpoints"));
        String words = "--init-from '" + spaced + "'";
        train(folder.resolve("text.txt"), "-o", spaced).refuses(2, words);
        train("-o", spaced, "--resume").refuses(3, words);
    }

    @Test
    void theHomeOfTheEnvironmentIsNotNamedEither() throws IOException {
        Path home = Files.createDirectories(folder.resolve("person"));
        Files.move(folder.resolve("text.txt"), home.resolve("secret.txt"));
        Map<String, String> environment = Map.of("HOME", home.toString());
        Path text = home.resolve("secret.txt");
        Path target = folder.resolve("outside/model");
        String[] words = {"train", text.toString(), "-o", target.toString(), "--preset", "tiny", "--max-steps", "1"};
        CommandRun.with(environment, "", words).succeeds();
        String content = Files.readString(target.resolve("run.json"));
        assertFalse(content.contains("person"), content);
        assertEquals("~/secret.txt is short", HomeFolders.hide(text + " is short", environment));
    }

    /** Each sentence names a way that is open. */
    @Test
    void theAdviceOfARefusalLeadsOut() throws IOException {
        Path text = folder.resolve("text.txt");
        Path next = folder.resolve("next");
        train(text, "-o", model).refuses(2, "--resume", "--overwrite");
        AtomicFiles.deleteTree(model.resolve("checkpoints"));
        train(text, "-o", model).refuses(2, "no checkpoint", "--overwrite", "--init-from");
        assertFalse(train(text, "-o", model).err().contains("--resume"));
        train("-o", model, "--resume").refuses(3, "no checkpoint", "--init-from " + model, "--output");
        train("--init-from", model, text, "-o", next, "--max-steps", "1", "--hidden-size", "32")
                .succeeds();
        Files.writeString(Files.createDirectory(model.resolve("checkpoints")).resolve("notes.txt"), "");
        Files.delete(model.resolve("model.safetensors"));
        train(text, "-o", model).refuses(2, "notes.txt", "no checkpoint", "move it away");
        Files.delete(model.resolve("checkpoints/notes.txt"));
        train("-o", model, "--resume").refuses(3, "no checkpoint", "leave --resume out");
        train(text, "-o", model, "--preset", "tiny", "--max-steps", "1").succeeds();
    }

    @Test
    void whoEditsARecordIsToldHowToHaveItAccepted() throws IOException {
        for (String name : List.of("generation_config.json", "run.json")) {
            Path file = model.resolve(name);
            String text = Files.readString(file);
            String edited = text.replace("0.8", "0.5").replace("\"seed\" : 0", "\"seed\" : 1");
            Files.writeString(file, edited);
            String[] command = name.equals("run.json")
                    ? new String[] {"compare", model.toString()}
                    : new String[] {"generate", model.toString(), "-n", "2", "--device", "cpu"};
            CommandRun.of(command).refuses(3, name, "check sum", "if you changed it yourself, delete", "crc32c");
            Files.writeString(file, edited.replaceAll(",\\s*\"crc32c\"[^\n]*", ""));
            CommandRun.of(command).succeeds();
        }
    }
}
