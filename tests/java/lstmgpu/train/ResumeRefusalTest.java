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
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        TrainingSettings smaller = Runs.with(resumed, new TrainingSettings.Loop(2, 10, 0, 0, 1, STEPS, 0));
        refuses(Runs.TEXT, target, smaller, ExitCode.USAGE, "--batch-size");
        TrainingSettings oftener =
                Runs.with(resumed, new TrainingSettings.Loop(4, 10, 0, 0.5f, TrainingSettings.UNLIMITED, STEPS, 0));
        refuses(Runs.TEXT, target, oftener, ExitCode.USAGE, "--reset-state");
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

    /** Each file is whole, and together they are nobody's state. */
    @ParameterizedTest
    @ValueSource(strings = {"model", "optimizer", "carried", "best"})
    void refusesFilesOfTwoCheckpoints(String name) throws IOException {
        Path target = folder.resolve("run");
        Path other = folder.resolve("other");
        TrainingSettings judged = Runs.with(SETTINGS, new TrainingSettings.Validation(2, 0, 0));
        train(target, Runs.TEXT, judged, 5);
        OptimiserSettings slower = new OptimiserSettings(OptimizerSpec.Kind.ADAM, 0.02f, 0, 0, List.of(), 1);
        train(other, Runs.TEXT, Runs.with(judged, slower), 5);
        Path file = Path.of("checkpoints/step-00000005/" + name + ".safetensors");
        byte[] own = Runs.bytes(target.resolve(file));
        Files.delete(target.resolve(file));
        Files.copy(other.resolve(file), target.resolve(file));
        TrainingSettings resumed = Runs.resumed(judged);
        refuses(Runs.TEXT, target, resumed, ExitCode.DATA, name + ".safetensors is not the file that state.json");
        Files.delete(target.resolve(file));
        refuses(Runs.TEXT, target, resumed, ExitCode.DATA, name + ".safetensors is missing");
        Files.write(target.resolve(file), own);
        train(target, Runs.TEXT, resumed, 7);
    }

    /** Its best model does not say how good it is, its state has no sums and lacks a flag that came later. */
    @Test
    void goesOnFromACheckpointOfAnEarlierBuild() throws IOException {
        Path target = folder.resolve("run");
        TrainingSettings judged = Runs.with(SETTINGS, new TrainingSettings.Validation(5, 0, 0));
        train(target, Runs.TEXT, judged, 5);
        Path checkpoint = target.resolve("checkpoints/step-00000005");
        ObjectNode state = JsonFiles.readSealed(checkpoint.resolve("state.json"));
        state.remove("files");
        state.remove("norms");
        ((ObjectNode) state.get("run")).remove("--precision");
        JsonFiles.writeSealed(checkpoint.resolve("state.json"), state.put("formatVersion", 3));
        ModelDirectory directory = ModelDirectory.open(target);
        WeightsOrigin origin = directory.weightsOrigin();
        directory.saveWeights(directory.weights());
        Files.delete(checkpoint.resolve("best.safetensors"));
        Files.copy(target.resolve("model.safetensors"), checkpoint.resolve("best.safetensors"));
        train(target, Runs.TEXT, Runs.resumed(Runs.with(Runs.settings(5), judged.validation())), Integer.MAX_VALUE);
        assertEquals(origin, directory.weightsOrigin());
        assertEquals(
                origin.validationLoss(),
                directory.run().get("best_validation_loss").doubleValue());
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
            NetworkConfig config = Runs.config(Cell.GRU, 0);
            Runs.Observer observer = new Runs.Observer();
            lstmgpu.store.ModelDirectory.create(target, true).close();
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
