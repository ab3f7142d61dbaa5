package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.ChildProcess;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whatever the disk does, and whenever the process dies, there is a whole state to go on from. */
@Execution(ExecutionMode.CONCURRENT)
class FaultyDiskTest {
    private static final int KILLED = 128 + 9;

    /** A save is about thirty operations. */
    private static final int OPERATIONS = 150;

    @TempDir
    static Path shared;

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private static Path library;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        library = FailingCalls.build(shared);
    }

    @Test
    void everyWriteThatFailsLeavesTheOldState() throws IOException {
        ChildProcess run = ChildProcess.of(
                Map.of("LD_PRELOAD", library.toString()),
                FailingWrites.class.getName(),
                folder.toRealPath().toString());
        assertEquals(0, run.code(), run.err());
        for (String mode : List.of("ONCE", "FULL", "SHORT")) {
            assertTrue(run.out().lines().anyMatch(line -> line.matches(mode + " [0-9]{2,}")), run.out());
        }
    }

    /** Every file that is replaced while a run goes on is there whole. */
    private static void readAll(Path run, String where) {
        try (ModelDirectory directory = ModelDirectory.open(run)) {
            if (directory.hasWeights()) {
                directory.weights();
            }
            directory.tokenizer();
            directory.run();
        } catch (LstmGpuException damaged) {
            throw new AssertionError(where + ": " + damaged.getMessage(), damaged);
        }
    }

    /** In the environment, LSTM_GPU_TEST_KILLS says how often (200 take seven minutes of one core). */
    @Test
    void aProcessThatIsKilledInTheMiddleOfASaveLeavesAWholeCheckpoint() throws IOException {
        int kills = Integer.parseInt(System.getenv().getOrDefault("LSTM_GPU_TEST_KILLS", "12"));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path run = folder.toRealPath().resolve("run");
        int newest = 0;
        for (int i = 0; i < kills; i++) {
            int at = 1 + random.nextInt(OPERATIONS);
            String where = "seed %d, kill %d at operation %d".formatted(seed, i, at);
            Map<String, String> environment =
                    Map.of("LD_PRELOAD", library.toString(), "FAULT_FOLDER", run.toString(), "FAULT_KILL_AT", "" + at);
            ChildProcess child = ChildProcess.of(environment, SavingForever.class.getName(), run.toString());
            assertEquals(KILLED, child.code(), where + ": " + child.err());
            List<Integer> steps = Runs.steps(run);
            if (!steps.isEmpty()) {
                assertTrue(steps.getLast() >= newest, where + ": a checkpoint is lost");
                newest = steps.getLast();
                CheckpointStore.read(run.resolve("checkpoints/step-%08d".formatted(newest)));
                readAll(run, where);
            }
        }
        assertTrue(newest > 0, "seed " + seed + ": nothing was ever saved");
        try (Backend backend = new CpuBackend(1)) {
            TrainingSettings settings = SavingForever.settings(newest + 5);
            Path whole = folder.resolve("whole");
            for (Path target : List.of(run, whole)) {
                TrainingSettings way = target.equals(run) ? Runs.resumed(settings) : settings;
                Runs.train(backend, target, Runs.config(Cell.LSTM, 0.3f), Runs.TEXT, way, new Runs.Observer());
            }
            for (Path file : List.of(
                    Path.of("model.safetensors"),
                    Path.of("checkpoints/step-%08d/optimizer.safetensors".formatted(newest + 5)))) {
                assertTrue(Runs.sameBytes(whole.resolve(file), run.resolve(file)), "seed " + seed + ": " + file);
            }
        }
    }
}
