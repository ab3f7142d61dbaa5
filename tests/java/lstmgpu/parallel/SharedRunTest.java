package lstmgpu.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.train.Runs;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of several processes, each with a model directory of its own. */
class SharedRunTest {
    private static final NetworkConfig CONFIG = Runs.config(Cell.LSTM, 0.3f);

    @TempDir
    Path folder;

    private TrainingResult train(Backend backend, Peers peers, String name, TrainingSettings settings, int stopAt) {
        LanguageModelling task = new LanguageModelling(Runs.TOKENIZER, Runs.TEXT);
        Trainer[] trainer = new Trainer[1];
        TrainingListener stopping = new TrainingListener() {
            @Override
            public void progress(Progress progress) {
                if (progress.step() >= stopAt) {
                    trainer[0].requestStop();
                }
            }
        };
        try (ModelDirectory directory = ModelDirectory.create(folder.resolve(name), false);
                Trainer own = new Trainer(backend, CONFIG, task, settings, stopping, peers)) {
            trainer[0] = own;
            task.save(directory, CONFIG);
            return own.run(directory);
        }
    }

    private byte[] weights(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void allEndWithTheSameModelWhichIsThatOfOneProcess() {
        TrainingSettings settings = Runs.settings(40);
        TrainingResult alone;
        try (Backend backend = new CpuBackend(1)) {
            alone = train(backend, Peers.ALONE, "alone", settings, Integer.MAX_VALUE);
        }
        List<TrainingResult> results = ThreadPeers.run(
                2,
                () -> new CpuBackend(1),
                (backend, peers) -> train(backend, peers, "rank" + peers.rank(), settings, Integer.MAX_VALUE));
        assertArrayEquals(weights("rank0"), weights("rank1"));
        for (TrainingResult result : results) {
            assertEquals(alone.steps(), result.steps());
            assertEquals(alone.bestLoss(), result.bestLoss(), 1e-3 * alone.bestLoss());
        }
    }

    @Test
    void oneThatIsToStopStopsAll() {
        List<TrainingResult> results = ThreadPeers.run(
                3,
                () -> new CpuBackend(1),
                (backend, peers) -> train(
                        backend,
                        peers,
                        "rank" + peers.rank(),
                        Runs.settings(400),
                        peers.rank() == 1 ? 5 : Integer.MAX_VALUE));
        assertTrue(results.getFirst().steps() < 400);
        for (TrainingResult result : results) {
            assertEquals(TrainingResult.Reason.STOP_REQUESTED, result.reason());
            assertEquals(results.getFirst().steps(), result.steps());
        }
        assertArrayEquals(weights("rank0"), weights("rank2"));
    }
}
