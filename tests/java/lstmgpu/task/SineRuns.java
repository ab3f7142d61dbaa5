package lstmgpu.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.cli.CommandRun;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Runs;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;

/** Trains {@link SineTask} in a folder, and evaluates what was trained. */
final class SineRuns {
    static final int STEPS = 240;

    private final Path folder;

    SineRuns(Path folder) {
        this.folder = folder;
    }

    static TrainingSettings settings(int steps) {
        TrainingSettings settings = Runs.with(Runs.settings(steps), new TrainingSettings.Validation(30, 0, 0));
        return Runs.with(settings, new TrainingSettings.Saving(60, 3, true));
    }

    TrainingResult train(String name, TrainingSettings settings) {
        return train(name, settings, new Runs.Observer());
    }

    TrainingResult train(String name, TrainingSettings settings, TrainingListener listener) {
        Path path = folder.resolve(name);
        SineTask task = new SineTask();
        try (Backend backend = new CpuBackend(1);
                Trainer trainer = new Trainer(backend, SineTask.NETWORK, task, settings, listener);
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

    /** The held-out part of the wave, a value a line. */
    Path heldOut(int values) throws IOException {
        return Files.write(
                folder.resolve("wave.txt"),
                IntStream.range(601, 601 + values)
                        .mapToObj(i -> Float.toString((float) Math.sin(i * 0.37)))
                        .toList());
    }

    CommandRun eval(String model, Path inputs, String... flags) {
        List<String> arguments = new ArrayList<>(
                List.of("eval", folder.resolve(model).toString(), inputs.toString(), "--device", "cpu"));
        arguments.addAll(List.of(flags));
        return CommandRun.knowing(SineTask.KIND, arguments.toArray(String[]::new))
                .succeeds();
    }
}
