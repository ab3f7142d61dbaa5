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
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.cli.CommandRun;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task that is no language is trained, resumed, evaluated and charted by what trains languages, unchanged. */
class SineTaskTest {
    private static final int STEPS = 240;

    @TempDir
    private Path folder;

    private static TrainingSettings settings(int steps) {
        TrainingSettings settings = Runs.with(Runs.settings(steps), new TrainingSettings.Validation(30, 0, 0));
        return Runs.with(settings, new TrainingSettings.Saving(60, 3, true));
    }

    private TrainingResult train(String name, TrainingSettings settings) {
        Path path = folder.resolve(name);
        SineTask task = new SineTask();
        try (Backend backend = new CpuBackend(1);
                Trainer trainer = new Trainer(backend, SineTask.NETWORK, task, settings, new Runs.Observer());
                ModelDirectory directory =
                        settings.run().resume() ? ModelDirectory.open(path) : ModelDirectory.create(path, false)) {
            if (settings.run().resume()) {
                directory.lock();
            } else {
                task.save(directory, SineTask.NETWORK);
            }
            return trainer.run(directory);
        }
    }

    @Test
    void trainsEvaluatesAndIsCharted() throws IOException {
        TrainingResult result = train("whole", settings(STEPS));
        assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        assertTrue(result.bestLoss() < 0.05, "the held-out squared error is " + result.bestLoss());
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("whole"))) {
            assertEquals("sine", directory.task());
            assertEquals(SineTask.NETWORK, directory.config());
            assertEquals(result.bestLoss(), directory.weightsOrigin().validationLoss());
            List<MetricsFile.Row> rows = directory.metrics().rows();
            assertEquals(STEPS, rows.getLast().step());
        }
        assertTrue(Files.readString(folder.resolve("whole/loss.svg")).contains("squared error"));
        assertFalse(Runs.files(folder.resolve("whole/tensorboard")).isEmpty());
        assertFalse(Files.exists(folder.resolve("whole/samples.txt")));
    }

    @Test
    void goesOnAsIfItHadNeverStopped() throws IOException {
        train("whole", settings(STEPS));
        train("parts", settings(STEPS / 2));
        train("parts", Runs.resumed(settings(STEPS)));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("whole/model.safetensors")),
                Files.readAllBytes(folder.resolve("parts/model.safetensors")));
    }

    @Test
    void stopsWhenNothingGetsBetter() {
        TrainingSettings settings = Runs.with(settings(STEPS), new TrainingSettings.Validation(10, 2, 10));
        TrainingResult result = train("patience", settings);
        assertEquals(TrainingResult.Reason.PATIENCE, result.reason());
    }

    private static TrainingSettings from(Path model, int steps) {
        TrainingSettings.Run run = Runs.settings(steps).run();
        return Runs.with(
                settings(steps),
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
        train("whole", settings(30));
        train("begun", from(folder.resolve("whole"), 0));
        try (ModelDirectory whole = ModelDirectory.open(folder.resolve("whole"));
                ModelDirectory begun = ModelDirectory.open(folder.resolve("begun"))) {
            whole.weights()
                    .forEach((name, tensor) -> assertArrayEquals(
                            tensor.values(), begun.weights().get(name).values(), name));
        }
    }

    @Test
    void anotherNetworkIsNoBeginning() {
        train("whole", settings(1));
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

    @Test
    void isComparedInItsOwnUnit() throws IOException {
        train("one", settings(60));
        train("two", settings(90));
        Path chart = folder.resolve("chart.svg");
        String one = folder.resolve("one").toString();
        String two = folder.resolve("two").toString();
        CommandRun run =
                CommandRun.of("compare", one, two, "--chart", chart.toString()).succeeds();
        assertTrue(run.out().contains("held-out loss") && run.out().contains(two), run.out());
        assertTrue(Files.readString(chart).contains("squared error"));
    }

    @Test
    void commandsForTextsRefuseIt() {
        train("one", settings(30));
        String one = folder.resolve("one").toString();
        for (String command : List.of("generate", "inspect")) {
            CommandRun.of(command, one).refuses(ExitCode.DATA.code(), one, "'sine'", "writes no text");
        }
        CommandRun.of("eval", one, "pom.xml").refuses(ExitCode.DATA.code(), one, "'sine'", "writes no text");
        new NetworkConfig(new InputPart.Tokens(9, 4), Cell.LSTM, 8, 1, 0, new Head.SequenceClass(3))
                .write(folder.resolve("one/config.json"), "moods");
        CommandRun.of("generate", one).refuses(ExitCode.DATA.code(), one, "'moods'", "writes no text");
    }
}
