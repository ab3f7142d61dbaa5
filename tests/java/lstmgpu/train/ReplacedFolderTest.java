package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run whose folder is moved away, and another one made in its place, ends and leaves that one as it is. */
class ReplacedFolderTest {
    @TempDir
    Path folder;

    /** What is written next is the last checkpoint, a sample, or a checkpoint as the run goes on. */
    @ParameterizedTest
    @CsvSource({"10, 100", "40, 10", "40, 100"})
    void theFolderInItsPlaceGetsNothing(int steps, int sampleEvery) {
        Path run = folder.resolve("run");
        Runs.Observer replacing = new Runs.Observer() {
            @Override
            public void checkpoint(int step, Path checkpoint) {
                super.checkpoint(step, checkpoint);
                if (step == 9) {
                    replace(run);
                }
            }
        };
        TrainingSettings settings = Runs.with(
                Runs.with(Runs.settings(steps), new TrainingSettings.Saving(3, 2, false)),
                new TrainingSettings.Validation(8, 0, 0));
        TrainingSettings sampled = Runs.with(settings, new TrainingSettings.Samples(sampleEvery, "", 5));
        LstmGpuException end;
        try (Backend backend = new CpuBackend(1)) {
            end = assertThrows(
                    LstmGpuException.class,
                    () -> Runs.train(backend, run, Runs.config(Cell.GRU, 0), Runs.TEXT, sampled, replacing));
        }
        assertEquals(ExitCode.FAILED, end.exitCode());
        assertTrue(end.getMessage().contains("another run may use it now"), end.getMessage());
        assertEquals(List.of(3, 6, 9), replacing.checkpoints);
        assertEquals(List.of(), Runs.files(run));
    }

    private void replace(Path run) {
        try {
            // The picture of step 8 is drawn meanwhile.
            for (int i = 0; i < 3000 && !Files.exists(run.resolve("loss.png")); i++) {
                LockSupport.parkNanos(20_000_000);
            }
            Files.move(run, folder.resolve("moved"));
            Files.createDirectory(run);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
