package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.WatchedBackend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose weights are lost goes back to its last good state, with half the learning rate. */
class DivergenceTest {
    private static final NetworkConfig CONFIG = Runs.config(Cell.LSTM, 0);
    private static final float RATE = 0.01f;

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    /** The weights become NaN before each of these optimiser steps, counted over the whole process. */
    private static Backend losing(Backend wrapped, Set<Integer> moments) {
        int[] steps = {0};
        return WatchedBackend.of(wrapped, (method, arguments) -> {
            if (method.equals("optimizerStep") && moments.contains(++steps[0])) {
                wrapped.fill((DeviceBuffer) arguments[2], Float.NaN);
            }
        });
    }

    private static TrainingSettings settings() {
        return Runs.with(
                Runs.with(
                        Runs.with(Runs.settings(60), new TrainingSettings.Saving(10, 2, false)),
                        new TrainingSettings.Validation(5, 0, 0)),
                new TrainingSettings.Samples(5, "one", 4));
    }

    private TrainingResult train(Set<Integer> moments) {
        return train(moments, Averaging.defaults());
    }

    private TrainingResult train(Set<Integer> moments, Averaging averaging) {
        Runs.Observer observer = new Runs.Observer() {
            @Override
            public void notice(String message) {
                notices.add(message);
            }
        };
        try (Backend backend = new CpuBackend(1)) {
            return Runs.train(
                    losing(backend, moments), folder, CONFIG, Runs.TEXT, Runs.with(settings(), averaging), observer);
        }
    }

    @Test
    void goesBackToTheLastCheckpoint() {
        TrainingResult result = train(Set.of(34));
        assertEquals(60, result.steps());
        assertTrue(result.trainingLoss() < 2.8, "it learns on: " + result.trainingLoss());
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().contains("going back to step 30"), notices.toString());
        try (ModelDirectory directory = ModelDirectory.open(folder)) {
            directory.weights();
            List<MetricsFile.Row> rows = directory.metrics().rows();
            assertEquals(
                    rows.size(),
                    new HashSet<>(rows.stream().map(MetricsFile.Row::step).toList()).size());
            for (MetricsFile.Row row : rows) {
                assertEquals(row.step() <= 30 ? RATE : RATE / 2, row.learningRate(), 1e-9, "step " + row.step());
            }
        }
        String samples = new String(Runs.bytes(folder.resolve("samples.txt")), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(12, samples.lines().filter(line -> line.startsWith("===")).count(), samples);
        Path last = folder.resolve("checkpoints/step-00000060");
        assertEquals(1, CheckpointStore.readState(last).schedule().halvings());
    }

    @Test
    void beforeTheFirstCheckpointItBeginsAnew() {
        assertEquals(60, train(Set.of(4)).steps());
        assertTrue(notices.getFirst().contains("going back to step 0"), notices.toString());
    }

    /** NaN in an average would never leave it again. */
    @Test
    void theAverageGoesBackToo() {
        Averaging exponential = new Averaging(Averaging.Kind.EMA, 0.9f, 1);
        assertEquals(60, train(Set.of(4, 40), exponential).steps());
        assertTrue(notices.get(0).contains("going back to step 0"), notices.toString());
        assertTrue(notices.get(1).contains("going back to step 30"), notices.toString());
        try (ModelDirectory directory = ModelDirectory.open(folder)) {
            assertTrue(directory.weightsOrigin().validationLoss() < 2.8);
        }
    }

    /** The second time from the same checkpoint it takes the one before. */
    @Test
    void goesFurtherBackWhereAStateIsNoGood() {
        assertEquals(60, train(Set.of(34, 37)).steps());
        assertTrue(notices.get(0).contains("going back to step 30"), notices.toString());
        assertTrue(notices.get(1).contains("going back to step 20"), notices.toString());
    }

    @Test
    void givesUpAfterThreeTriesAndKeepsTheGoodModel() {
        LstmGpuException end = assertThrows(LstmGpuException.class, () -> train(everyStepFrom34()));
        assertEquals(ExitCode.DIVERGED, end.exitCode());
        assertEquals(3, notices.size(), notices.toString());
        assertTrue(end.getMessage().contains("keeps the best model"), end.getMessage());
        try (ModelDirectory directory = ModelDirectory.open(folder)) {
            directory.weights();
            assertEquals("failed", directory.run().get("status").asText());
        }
    }

    private static Set<Integer> everyStepFrom34() {
        return IntStream.range(34, 200).boxed().collect(Collectors.toSet());
    }
}
