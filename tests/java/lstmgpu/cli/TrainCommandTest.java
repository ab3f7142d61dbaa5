package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is refused leaves the folder as it was. */
class TrainCommandTest {
    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void trainAModel() throws IOException {
        model = TinyModel.train(folder, "--max-steps", "2");
    }

    private CommandRun train(Path output, List<String> flags) {
        List<String> arguments =
                new ArrayList<>(List.of("train", folder.resolve("text.txt").toString()));
        arguments.addAll(List.of("-o", output.toString(), "--preset", "tiny", "--device", "cpu", "--threads", "1"));
        arguments.addAll(List.of("--max-steps", "2", "--progress", "none"));
        arguments.addAll(flags);
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private static Map<Path, ByteBuffer> contents(Path folder) throws IOException {
        Map<Path, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private void refusesAndTouchesNothing(int code, String word, String... flags) throws IOException {
        Map<Path, ByteBuffer> before = contents(model);
        List<String> overwriting = new ArrayList<>(List.of(flags));
        overwriting.add("--overwrite");
        train(model, overwriting).refuses(code, word);
        assertEquals(before, contents(model));
        Path fresh = folder.resolve("fresh");
        train(fresh, List.of(flags)).refuses(code, word);
        assertFalse(Files.exists(fresh), "nothing is written");
    }

    @Test
    void oneIsNotManyAndTheLastLineSaysWhatToDo() {
        Path one = folder.resolve("one");
        CommandRun run =
                train(one, List.of("--max-steps", "1", "--progress", "plain")).succeeds();
        assertTrue(run.out().contains("; 1 step in "), run.out());
        assertTrue(run.err().endsWith("now try: lstm-gpu generate %s\n".formatted(one)), run.err());
        String falling = train(
                        one, List.of("--resume", "--max-steps", "30", "--eval-every", "5", "--progress", "plain"))
                .succeeds()
                .err();
        assertTrue(falling.endsWith(" --resume --max-steps 60\n"), falling);
    }

    @Test
    void aRefusedRunTouchesNothing() throws IOException {
        refusesAndTouchesNothing(2, "--sample-prompt", "--sample-prompt", "é", "--sample-length", "5");
        refusesAndTouchesNothing(2, "65536", "--hidden-size", "65536");
        refusesAndTouchesNothing(3, "--val-frac", "--val-frac", "0.00001");
        refusesAndTouchesNothing(3, "--batch-size", "--batch-size", "4096");
    }

    @Test
    void damagedFirstWeightsTouchNothing() throws IOException {
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(model.resolve(name), damaged.resolve(name));
        }
        byte[] whole = Files.readAllBytes(damaged.resolve("model.safetensors"));
        Files.write(damaged.resolve("model.safetensors"), java.util.Arrays.copyOf(whole, whole.length - 9));
        refusesAndTouchesNothing(3, "model.safetensors", "--init-from", damaged.toString());
        Files.delete(damaged.resolve("model.safetensors"));
        refusesAndTouchesNothing(3, "model.safetensors", "--init-from", damaged.toString());
    }

    @Test
    void aFolderWithoutWeightsCanBeUsedAgain() throws IOException {
        Path started = Files.createDirectories(folder.resolve("started"));
        Files.copy(model.resolve("config.json"), started.resolve("config.json"));
        Files.createDirectories(started.resolve("checkpoints/.incomplete-step-00000001"));
        train(started, List.of()).succeeds();
        train(started, List.of()).refuses(2, "--resume", "--overwrite");
        Files.delete(started.resolve("model.safetensors"));
        train(started, List.of()).refuses(2, "--resume", "--overwrite");
    }

    @Test
    void somebodyElsesConfigurationIsNotReplaced() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("config.json"), "{\"port\": 80}");
        train(other, List.of()).refuses(2, "config.json", "--overwrite");
        assertEquals("{\"port\": 80}", Files.readString(other.resolve("config.json")));
    }
}
