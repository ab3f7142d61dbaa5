package lstmgpu.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that is no language is trained, resumed and taken as a beginning by what trains languages, unchanged. */
class SineTaskTest {
    @TempDir
    private Path folder;

    private SineRuns runs;

    @BeforeEach
    void openFolder() {
        runs = new SineRuns(folder);
    }

    @Test
    void trainsEvaluatesAndIsCharted() throws IOException {
        TrainingResult result = runs.train("whole", SineRuns.settings(SineRuns.STEPS));
        assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        assertTrue(result.bestLoss() < 0.05, "the held-out squared error is " + result.bestLoss());
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("whole"))) {
            assertEquals("sine", directory.task());
            assertEquals(SineTask.NETWORK, directory.config());
            assertEquals(result.bestLoss(), directory.weightsOrigin().validationLoss());
            List<MetricsFile.Row> rows = directory.metrics().rows();
            assertEquals(SineRuns.STEPS, rows.getLast().step());
        }
        assertTrue(Files.readString(folder.resolve("whole/loss.svg")).contains("squared error"));
        assertFalse(Runs.files(folder.resolve("whole/tensorboard")).isEmpty());
        assertFalse(Files.exists(folder.resolve("whole/samples.txt")));
    }

    @Test
    void goesOnAsIfItHadNeverStopped() throws IOException {
        runs.train("whole", SineRuns.settings(SineRuns.STEPS));
        runs.train("parts", SineRuns.settings(SineRuns.STEPS / 2));
        runs.train("parts", Runs.resumed(SineRuns.settings(SineRuns.STEPS)));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("whole/model.safetensors")),
                Files.readAllBytes(folder.resolve("parts/model.safetensors")));
    }

    @Test
    void stopsWhenNothingGetsBetter() {
        TrainingSettings settings =
                Runs.with(SineRuns.settings(SineRuns.STEPS), new TrainingSettings.Validation(10, 2, 10));
        TrainingResult result = runs.train("patience", settings);
        assertEquals(TrainingResult.Reason.PATIENCE, result.reason());
    }

    private static TrainingSettings from(Path model, int steps) {
        TrainingSettings.Run run = Runs.settings(steps).run();
        return Runs.with(
                SineRuns.settings(steps),
                new TrainingSettings.Run(
                        run.seed() + 1,
                        run.initialisation(),
                        run.precision(),
                        run.rnn(),
                        model.toString(),
                        false,
                        run.arguments()));
    }

    @Test
    void beginsFromAnotherModelOfItsOwn() {
        runs.train("whole", SineRuns.settings(30));
        runs.train("begun", from(folder.resolve("whole"), 0));
        try (ModelDirectory whole = ModelDirectory.open(folder.resolve("whole"));
                ModelDirectory begun = ModelDirectory.open(folder.resolve("begun"))) {
            whole.weights()
                    .forEach((name, tensor) -> assertArrayEquals(
                            tensor.values(), begun.weights().get(name).values(), name));
        }
    }

    @Test
    void anotherNetworkIsNoBeginning() {
        runs.train("whole", SineRuns.settings(1));
        try (ModelDirectory whole = ModelDirectory.open(folder.resolve("whole"))) {
            refusesToBegin(new LanguageModelling(Runs.TOKENIZER, Runs.TEXT), whole, Runs.config(Cell.LSTM, 0));
            InputPart features = SineTask.NETWORK.input();
            for (NetworkConfig other : List.of(
                    new NetworkConfig(features, Cell.LSTM, 13, 1, 0, new Head.Values(1)),
                    new NetworkConfig(features, Cell.GRU, 12, 1, 0, new Head.Values(1)),
                    new NetworkConfig(features, Cell.LSTM, 12, 1, 0, new Head.SequenceClass(1)))) {
                refusesToBegin(new SineTask(), whole, other);
            }
        }
    }

    private static void refusesToBegin(Task task, ModelDirectory model, NetworkConfig config) {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> task.adopt(model, "whole", config, config::zeros));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("values of every step: 1"), refusal.getMessage());
    }
}
