package lstmgpu.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.WatchedBackend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.train.Averaging;
import lstmgpu.train.OptimiserSettings;
import lstmgpu.train.RateSettings;
import lstmgpu.train.Runs;
import lstmgpu.train.Schedule;
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
        return train(backend, peers, name, settings, stopAt, 0);
    }

    /** @param pause milliseconds after the start and after every look at the device */
    private TrainingResult train(
            Backend backend, Peers peers, String name, TrainingSettings settings, int stopAt, long pause) {
        LanguageModelling task = new LanguageModelling(Runs.TOKENIZER, Runs.TEXT);
        Trainer[] trainer = new Trainer[1];
        TrainingListener stopping = new TrainingListener() {
            @Override
            public void started(Start start) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
            }

            @Override
            public void progress(Progress progress) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
                if (progress.step() >= stopAt) {
                    trainer[0].requestStop();
                }
            }
        };
        Path place = folder.resolve(name);
        boolean resumes = settings.run().resume();
        try (ModelDirectory directory = resumes ? ModelDirectory.open(place) : ModelDirectory.create(place, false);
                Trainer own = new Trainer(backend, CONFIG, task, settings, stopping, peers)) {
            trainer[0] = own;
            if (resumes) {
                directory.lock();
            } else {
                task.save(directory, CONFIG);
            }
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
    void theMeanOfTheWeightsBeginsAtTheSameStepInAllAndTheyEndWithTheSameModel() {
        TrainingSettings rising = Runs.with(
                Runs.with(Runs.settings(40), new Averaging(Averaging.Kind.ASGD, 0.9f, 1)),
                new OptimiserSettings(OptimizerSpec.Kind.SGD, 8, 0, 0, List.of(), 1));
        TrainingSettings settings = Runs.with(rising, new TrainingSettings.Validation(2, 0, 0));
        List<TrainingResult> results = ThreadPeers.run(
                2,
                () -> new CpuBackend(1),
                (backend, peers) -> train(backend, peers, "rank" + peers.rank(), settings, Integer.MAX_VALUE));
        assertArrayEquals(weights("rank0"), weights("rank1"));
        assertTrue(results.getFirst().averagedFrom() > 0, "it begins");
        assertEquals(results.getFirst().averagedFrom(), results.getLast().averagedFrom());
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

    private List<TrainingResult> trainTwo(String name, TrainingSettings settings, int stopAt) {
        return ThreadPeers.run(
                2,
                () -> new CpuBackend(1),
                (backend, peers) -> train(backend, peers, name + peers.rank(), settings, stopAt));
    }

    @Test
    void aRunThatGoesOnIsTheSameAsOneThatDidNotStop() {
        TrainingSettings settings = Runs.settings(40);
        trainTwo("whole", settings, Integer.MAX_VALUE);
        List<TrainingResult> stopped = trainTwo("parts", settings, 10);
        assertEquals(TrainingResult.Reason.STOP_REQUESTED, stopped.getFirst().reason());
        trainTwo("parts", Runs.resumed(settings), Integer.MAX_VALUE);
        assertArrayEquals(weights("whole0"), weights("parts0"));
        assertArrayEquals(weights("whole0"), weights("parts1"));
    }

    /** All in one folder, which the first one writes. */
    private void trainInOneFolder(int size, TrainingSettings settings, int stopAt) {
        ThreadPeers.run(size, () -> new CpuBackend(1), (backend, peers) -> {
            if (peers.rank() == 0) {
                return train(backend, peers, "common", settings, stopAt);
            }
            LanguageModelling task = new LanguageModelling(Runs.TOKENIZER, Runs.TEXT);
            try (ModelDirectory directory = ModelDirectory.follow(folder.resolve("common"));
                    Trainer follower = new Trainer(backend, CONFIG, task, settings, new TrainingListener() {}, peers)) {
                return follower.run(directory);
            }
        });
    }

    @Test
    void aRunGoesOnInAnotherNumberOfProcesses() {
        TrainingSettings settings = Runs.settings(40);
        try (Backend backend = new CpuBackend(1)) {
            train(backend, Peers.ALONE, "single", settings, Integer.MAX_VALUE);
        }
        trainInOneFolder(2, settings, 10);
        trainInOneFolder(3, Runs.resumed(settings), 25);
        trainInOneFolder(1, Runs.resumed(settings), Integer.MAX_VALUE);
        ModelDirectory single = ModelDirectory.open(folder.resolve("single"));
        ModelDirectory common = ModelDirectory.open(folder.resolve("common"));
        single.weights().forEach((name, tensor) -> {
            float[] other = common.weights().get(name).values();
            for (int i = 0; i < other.length; i++) {
                assertEquals(tensor.values()[i], other[i], 1e-4, name + " at " + i);
            }
        });
        assertEquals(single.metrics().rows().size(), common.metrics().rows().size());
    }

    @Test
    void aProcessWithOtherSettingsIsRefused() {
        List<String> refusals = Collections.synchronizedList(new ArrayList<>());
        TrainingSettings other =
                Runs.with(Runs.settings(40), new OptimiserSettings(OptimizerSpec.Kind.SGD, 8, 0, 0, List.of(), 1));
        assertThrows(
                AssertionError.class,
                () -> ThreadPeers.run(2, () -> new CpuBackend(1), (backend, peers) -> {
                    TrainingSettings settings = peers.rank() == 0 ? Runs.settings(40) : other;
                    try {
                        return train(backend, peers, "rank" + peers.rank(), settings, 1);
                    } catch (LstmGpuException refusal) {
                        refusals.add(refusal.getMessage());
                        throw refusal;
                    }
                }));
        assertEquals(List.of("this process has another --optimizer than the first one: here it is SGD"), refusals);
    }

    @Test
    void processesThatWouldGoOnFromDifferentStepsRefuse() {
        TrainingSettings settings = Runs.settings(40);
        trainTwo("short", settings, 10);
        trainTwo("long", settings, 30);
        List<ExitCode> codes = ThreadPeers.run(2, () -> new CpuBackend(1), (backend, peers) -> {
            String name = peers.rank() == 0 ? "short0" : "long1";
            LstmGpuException refusal = assertThrows(
                    LstmGpuException.class,
                    () -> train(backend, peers, name, Runs.resumed(settings), Integer.MAX_VALUE));
            assertTrue(refusal.getMessage().contains("different steps"), refusal.getMessage());
            return refusal.exitCode();
        });
        assertEquals(List.of(ExitCode.DATA, ExitCode.DATA), codes);
    }

    /** One begins later and takes longer between its steps. */
    @Test
    void theTimeOfAllIsOverAtOneStep() {
        int none = TrainingSettings.UNLIMITED;
        TrainingSettings settings = Runs.with(
                Runs.with(Runs.settings(none), new RateSettings(Schedule.Kind.COSINE, 0, 0.5f, 0)),
                new TrainingSettings.Loop(4, 10, 0, 0.2f, none, none, 2));
        List<TrainingResult> results = ThreadPeers.run(
                2,
                () -> new CpuBackend(1),
                (backend, peers) -> train(
                        backend, peers, "timed" + peers.rank(), settings, Integer.MAX_VALUE, 200L * peers.rank()));
        for (TrainingResult result : results) {
            assertEquals(TrainingResult.Reason.TIME, result.reason());
            assertEquals(results.getFirst().steps(), result.steps());
        }
        assertArrayEquals(weights("timed0"), weights("timed1"));
    }

    /** The weights of one of them are lost: so are the gradients' sums, and all go back to the same step. */
    @Test
    void allGoBackWhereOneDiverges() {
        TrainingSettings settings = Runs.with(Runs.settings(40), new TrainingSettings.Saving(10, 2, false));
        int[] steps = {0};
        List<TrainingResult> results = ThreadPeers.run(2, () -> new CpuBackend(1), (backend, peers) -> {
            Backend losing = WatchedBackend.of(backend, (method, arguments) -> {
                if (peers.rank() == 1 && method.equals("optimizerStep") && ++steps[0] == 24) {
                    backend.fill((DeviceBuffer) arguments[2], Float.NaN);
                }
            });
            return train(losing, peers, "lost" + peers.rank(), settings, Integer.MAX_VALUE);
        });
        for (TrainingResult result : results) {
            assertEquals(40, result.steps());
            assertTrue(Double.isFinite(result.trainingLoss()));
        }
        assertArrayEquals(weights("lost0"), weights("lost1"));
        assertTrue(steps[0] > 40, "steps were repeated");
    }
}
