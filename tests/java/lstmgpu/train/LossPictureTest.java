package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss is drawn beside the training. */
class LossPictureTest {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    @Test
    void theLossIsThereWhileTheRunGoesOn(@TempDir Path folder) {
        NetworkConfig config = Runs.config(Cell.LSTM, 0);
        TrainingSettings settings = Runs.with(Runs.settings(20), new TrainingSettings.Validation(10, 0, 0));
        AtomicBoolean seen = new AtomicBoolean();
        TrainingListener waiting = new TrainingListener() {
            @Override
            public void evaluation(Evaluation evaluation) {
                if (evaluation.step() == 20) {
                    seen.set(appears(folder.resolve("loss.svg")) && appears(folder.resolve("loss.png")));
                }
            }
        };
        try (Backend backend = new CpuBackend(1);
                Trainer trainer = new Trainer(backend, config, Runs.TASK, settings, waiting);
                ModelDirectory directory = ModelDirectory.create(folder, false)) {
            directory.saveConfig(config, "language-model");
            directory.saveTokenizer(Runs.TOKENIZER);
            trainer.run(directory);
        }
        assertTrue(seen.get(), "the picture of the first evaluation did not come while the run went on");
    }

    /** A folder of that name takes the picture's place until the last one is to be drawn. */
    @Test
    void aPictureThatCannotBeWrittenIsSaidOnceAndTriedAgain(@TempDir Path folder) throws IOException {
        List<String> notices = new ArrayList<>();
        try (ModelDirectory directory = ModelDirectory.create(folder, false)) {
            directory.metrics().append(new MetricsFile.Row(1, 0.5, 10, 2.5, 2.75, 0.1, 1, 2, 1000, 1));
            List<MetricsFile.Row> rows = directory.metrics().rows();
            Path taken = Files.createDirectories(folder.resolve("loss.svg/taken"));
            try (LossPicture picture = new LossPicture(directory, "nats per token", notices::add)) {
                long end = System.nanoTime() + LONGEST_WAIT.toNanos();
                while (notices.isEmpty() && System.nanoTime() < end) {
                    picture.redraw(rows);
                    pause();
                }
                picture.redraw(rows);
                Files.delete(taken);
                Files.delete(folder.resolve("loss.svg"));
                picture.finish(rows);
            }
            assertTrue(Files.isRegularFile(folder.resolve("loss.svg")), "the last one is drawn");
        }
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("loss.svg"), notices.toString());
    }

    private static boolean appears(Path file) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!Files.exists(file) && System.nanoTime() < end) {
            pause();
        }
        return Files.exists(file);
    }

    private static void pause() {
        LockSupport.parkNanos(20_000_000);
    }
}
