package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.files.JsonFiles;
import lstmgpu.model.ModelConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run is not resumed from, and which checkpoints there are to resume from. */
class ResumeRefusalTest {
    private static final int STEPS = 40;
    private static final TrainingSettings SETTINGS = Runs.settings(STEPS);

    @TempDir
    Path folder;

    private static void train(Path target, TrainingText text, TrainingSettings settings, int stopAfter) {
        try (Backend backend = new CpuBackend(1)) {
            Runs.train(backend, target, Runs.config(Cell.GRU, 0.3f), text, settings, new Runs.Observer(), stopAfter);
        }
    }

    @Test
    void refusesAnotherTextOrAnotherBatchAndSaysWhich() {
        Path target = folder.resolve("run");
        train(target, Runs.TEXT, SETTINGS, 5);
        TrainingSettings resumed = Runs.resumed(SETTINGS);
        TrainingSettings smaller = Runs.with(resumed, new TrainingSettings.Loop(2, 10, 0, 1, STEPS, 0));
        refuses(Runs.TEXT, target, smaller, ExitCode.USAGE, "--batch-size");
        TrainingText other = TestText.training(Runs.TEXT.training(), Runs.TEXT.validation(), 1, "another hash");
        refuses(other, target, resumed, ExitCode.DATA, "the text has changed");
    }

    private static void refuses(TrainingText text, Path target, TrainingSettings settings, ExitCode code, String word) {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> train(target, text, settings, Integer.MAX_VALUE));
        assertEquals(code, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }

    @Test
    void refusesToResumeWithoutACheckpointAndFromADamagedOne() throws IOException {
        Path target = folder.resolve("run");
        train(target, Runs.TEXT, SETTINGS, 5);
        Path checkpoint = target.resolve("checkpoints/step-00000005");
        Path optimizer = checkpoint.resolve("optimizer.safetensors");
        byte[] whole = Runs.bytes(optimizer);
        Files.write(optimizer, java.util.Arrays.copyOf(whole, whole.length / 2));
        TrainingSettings resumed = Runs.resumed(SETTINGS);
        refuses(Runs.TEXT, target, resumed, ExitCode.DATA, "optimizer.safetensors");
        Files.write(optimizer, whole);
        Files.writeString(checkpoint.resolve("state.json"), "{\"formatVersion\": 3, \"step\": 5}");
        refuses(Runs.TEXT, target, resumed, ExitCode.DATA, "state.json");
        Files.move(checkpoint, target.resolve("checkpoints/.incomplete-step-00000005"));
        refuses(Runs.TEXT, target, resumed, ExitCode.DATA, "no checkpoint");
    }

    @ParameterizedTest
    @CsvSource({
        "step, -1",
        "step, 2147483647",
        "step, 4",
        "seconds, -3",
        "schedule.decays, -1",
        "stopping.bestStep, 6",
        "losses.rowCount, -2"
    })
    void refusesAStateOutOfRangeAndNamesTheField(String field, int value) {
        Path target = folder.resolve("run");
        train(target, Runs.TEXT, SETTINGS, 5);
        Path file = target.resolve("checkpoints/step-00000005/state.json");
        ObjectNode state = JsonFiles.readSealed(file);
        String[] names = field.split("\\.");
        ObjectNode holder = names.length == 1 ? state : (ObjectNode) state.get(names[0]);
        holder.put(names[names.length - 1], value);
        JsonFiles.writeSealed(file, state);
        refuses(Runs.TEXT, target, Runs.resumed(SETTINGS), ExitCode.DATA, "the field " + field + " is " + value);
    }

    @Test
    void keepsTheNewestCheckpointsAndSweepsWhatADeadProcessLeft() throws IOException {
        Path target = folder.resolve("run");
        TrainingSettings settings = Runs.with(SETTINGS, new TrainingSettings.Saving(6, 3, false));
        Files.createDirectories(target.resolve("checkpoints/.incomplete-step-00000003"));
        Files.writeString(target.resolve("checkpoints/.incomplete-step-00000003/state.json"), "half");
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Runs.config(Cell.GRU, 0);
            Runs.Observer observer = new Runs.Observer();
            lstmgpu.model.ModelDirectory.create(target, true).close();
            Runs.train(backend, target, config, Runs.TEXT, settings, observer);
            assertEquals(List.of(6, 12, 18, 24, 30, 36, 40), observer.checkpoints);
        }
        assertEquals(
                List.of("step-00000030", "step-00000036", "step-00000040"),
                Runs.files(target.resolve("checkpoints")).stream()
                        .map(path -> path.getFileName().toString())
                        .toList());
    }
}
