package lstmgpu.train;

import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;

/** A process that trains and saves after every step until it is killed; it goes on with what it finds. */
final class SavingForever {
    private SavingForever() {}

    static TrainingSettings settings(int steps) {
        return Runs.with(
                Runs.with(Runs.settings(steps), new TrainingSettings.Saving(1, 2, false)),
                new TrainingSettings.Validation(1, 0, 0));
    }

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        TrainingSettings settings = settings(100_000);
        boolean resumes = !Runs.steps(folder).isEmpty();
        if (!resumes && Files.exists(folder)) {
            lstmgpu.store.ModelDirectory.create(folder, true).close();
        }
        try (Backend backend = new CpuBackend(1)) {
            Runs.train(
                    backend,
                    folder,
                    Runs.config(Cell.LSTM, 0.3f),
                    Runs.TEXT,
                    resumes ? Runs.resumed(settings) : settings,
                    new Runs.Observer());
        }
    }
}
