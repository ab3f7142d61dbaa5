package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.files.AtomicFiles;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A resumed run that goes wrong takes nothing with it: checkpoints, the best model and its record stay. */
class DivergedResumeTest {
    private static final NetworkConfig CONFIG = Runs.config(Cell.LSTM, 0);
    private static final float RATE = 0.01f;

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    private static TrainingSettings settings(int steps, float rate, float clip) {
        TrainingSettings base = Runs.with(
                Runs.with(Runs.settings(steps), new TrainingSettings.Saving(10, 2, false)),
                new TrainingSettings.Validation(10, 0, 0));
        return Runs.with(base, new OptimiserSettings(OptimizerSpec.Kind.ADAM, rate, 0, 0, List.of(), clip));
    }

    private TrainingResult train(TrainingText text, TrainingSettings settings) {
        Runs.Observer observer = new Runs.Observer() {
            @Override
            public void notice(String message) {
                notices.add(message);
            }
        };
        try (Backend backend = new CpuBackend(1)) {
            return Runs.train(backend, folder, CONFIG, text, settings, observer);
        }
    }

    @BeforeEach
    void trainThirtySteps() {
        train(Runs.TEXT, settings(30, RATE, 1));
    }

    private Map<String, byte[]> kept() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        Stream.concat(
                        Stream.of(folder.resolve("model.safetensors")),
                        Runs.files(folder.resolve("checkpoints/step-00000030")).stream())
                .forEach(file -> files.put(folder.relativize(file).toString(), Runs.bytes(file)));
        return files;
    }

    /** What run.json says of model.safetensors is what that file says of itself. */
    private WeightsOrigin agreed() {
        ModelDirectory directory = ModelDirectory.open(folder);
        WeightsOrigin origin = directory.weightsOrigin();
        assertEquals(
                origin.validationLoss(),
                directory.run().get("best_validation_loss").doubleValue());
        assertEquals(origin.step(), directory.run().get("best_step").intValue());
        return origin;
    }

    @Test
    void checkpointAndModelStayAndTheEarlierRateIsNamed() {
        Map<String, byte[]> before = kept();
        WeightsOrigin best = agreed();
        ObjectNode earlier = ModelDirectory.open(folder).run();
        LstmGpuException end =
                assertThrows(LstmGpuException.class, () -> train(Runs.TEXT, Runs.resumed(settings(60, 1e9f, 0))));
        assertEquals(ExitCode.DIVERGED, end.exitCode());
        assertTrue(end.getMessage().contains("--lr " + RATE), end.getMessage());
        assertFalse(end.getMessage().contains("--grad-clip"), "at such a rate clipping does not help");
        assertEquals(3, notices.size(), notices.toString());
        notices.forEach(notice -> assertTrue(notice.contains("going back to step 30"), notice));
        assertEquals(List.of(20, 30), Runs.steps(folder));
        Map<String, byte[]> after = kept();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
        assertEquals(best, agreed());
        ObjectNode run = ModelDirectory.open(folder).run();
        assertEquals("failed", run.get("status").asText());
        assertEquals(earlier.get("settings"), run.get("settings"), "the run goes on with its earlier flags");
        assertEquals(60, train(Runs.TEXT, Runs.resumed(settings(60, RATE, 1))).steps());
    }

    @Test
    void aRateThatIsTooHighAndDoesNotDivergeReplacesNothingBetter() {
        WeightsOrigin best = agreed();
        byte[] model = Runs.bytes(folder.resolve("model.safetensors"));
        TrainingResult result = train(Runs.TEXT, Runs.resumed(settings(40, 1, 1)));
        assertEquals(40, result.steps());
        assertArrayEquals(model, Runs.bytes(folder.resolve("model.safetensors")));
        assertEquals(best, agreed());
        assertEquals(best.validationLoss(), result.bestLoss());
        assertEquals(best.step(), result.bestStep());
    }

    /** The checkpoint knows of an earlier and worse model than the folder has. */
    @Test
    void whatWasBestAfterTheLastCheckpointStays() {
        AssertionError death = new AssertionError("died");
        TrainingSettings settings =
                Runs.with(Runs.resumed(settings(60, RATE, 1)), new TrainingSettings.Saving(100, 2, false));
        Runs.Observer dying = new Runs.Observer() {
            @Override
            public void evaluation(Evaluation evaluation) {
                if (evaluation.step() == 50) {
                    throw death;
                }
            }
        };
        try (Backend backend = new CpuBackend(1)) {
            assertThrows(AssertionError.class, () -> Runs.train(backend, folder, CONFIG, Runs.TEXT, settings, dying));
        }
        WeightsOrigin best = ModelDirectory.open(folder).weightsOrigin();
        assertEquals(50, best.step());
        ObjectNode running = ModelDirectory.open(folder).run();
        assertTrue(!running.has("best_validation_loss") && !running.has("best_step"), "no claim that could be wrong");
        train(Runs.TEXT, Runs.resumed(settings(40, 1e-6f, 1)));
        assertEquals(best, agreed());
    }

    /** There the last state is the model. */
    @Test
    void withoutHeldOutTextTheModelIsTheStateItBeganWith() throws IOException {
        TrainingText unheld = TestText.training(Runs.TEXT.training(), null, 1, "hash");
        AtomicFiles.deleteTree(folder);
        train(unheld, settings(30, RATE, 1));
        Map<String, byte[]> before = kept();
        assertThrows(LstmGpuException.class, () -> train(unheld, Runs.resumed(settings(60, 1e9f, 0))));
        before.forEach((name, bytes) -> assertArrayEquals(bytes, kept().get(name), name));
    }
}
