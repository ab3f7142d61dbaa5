package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.Bfloat16Unit;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.network.Initialisation;
import lstmgpu.network.NetworkConfig;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.ThreadPeers;
import lstmgpu.task.Samples;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run will need is known before it begins, and what does not fit is refused with what would. */
class TrainingMemoryTest {
    private static final double TOLERANCE = 0.05;
    private static final Pattern FITTING = Pattern.compile("--batch-size (\\d+) would fit");

    @TempDir
    Path folder;

    @AfterEach
    void allTheMemoryThereIs() {
        Cudasim.load();
    }

    /** A run on one of the devices. */
    record Case(String device, Cell cell, RnnImplementation rnn, Precision precision, int steps, float dropout) {
        Backend open() {
            return switch (device) {
                case "cpu" -> new CpuBackend(1);
                default -> CudaTestBackend.open();
            };
        }

        NetworkConfig config() {
            return NetworkConfig.ofTokens(cell, Runs.TOKENIZER.vocabularySize(), 48, 64, 2, dropout, false);
        }

        TrainingSettings settings(int batch) {
            TrainingSettings settings = Runs.settings(2);
            settings = Runs.with(
                    settings, new TrainingSettings.Loop(batch, steps, 0, 0, TrainingSettings.UNLIMITED, 2, 0));
            settings = Runs.with(settings, new TrainingSettings.Samples(0, "one", device.equals("cuda") ? 40 : 0));
            return Runs.with(
                    settings,
                    new TrainingSettings.Run(
                            3, Initialisation.UNIFORM, precision, rnn, null, false, java.util.List.of("train")));
        }
    }

    static Stream<Case> cases() {
        Stream<Case> rounded = Bfloat16Unit.fastest() == null
                ? Stream.empty()
                : Stream.of(
                        new Case("cpu", Cell.LSTM, RnnImplementation.AUTO, Precision.BF16, 24, 0.2f),
                        new Case("cpu", Cell.GRU, RnnImplementation.AUTO, Precision.BF16, 3, 0));
        return Stream.concat(rounded, plain());
    }

    private static Stream<Case> plain() {
        return Stream.of(
                new Case("cpu", Cell.LSTM, RnnImplementation.AUTO, Precision.FP32, 24, 0),
                new Case("cpu", Cell.GRU, RnnImplementation.AUTO, Precision.FP32, 3, 0.2f),
                new Case("cuda", Cell.LSTM, RnnImplementation.FUSED, Precision.FP32, 24, 0),
                new Case("cuda", Cell.GRU, RnnImplementation.FUSED, Precision.BF16, 3, 0.2f),
                new Case("cuda", Cell.LSTM, RnnImplementation.CUDNN, Precision.FP32, 24, 0.2f),
                new Case("cuda", Cell.GRU, RnnImplementation.CUDNN, Precision.BF16, 24, 0),
                new Case("cuda", Cell.LSTM, RnnImplementation.SEQUENCE, Precision.BF16, 24, 0.2f));
    }

    /**
     * Blocks that were freed stay with the backend, so on a GPU the most that was held at a time is what the driver
     * lacks.
     */
    private static long held(Backend backend) {
        if (!backend.device().backend().equals("cuda")) {
            return backend.allocatedBytes();
        }
        long[] free = new long[1];
        assertEquals(0, JCudaDriver.cuMemGetInfo(free, new long[1]));
        return backend.device().memoryBytes() - free[0];
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsCountedIsWhatIsAllocated(Case test) {
        TrainingSettings settings = test.settings(16);
        try (Backend backend = test.open()) {
            long before = held(backend);
            long counted = Trainer.requireMemory(backend, test.config(), Runs.TASK, settings, Peers.ALONE);
            assertTrue(held(backend) - before < counted / 10, "counting takes next to nothing");
            long[] most = {0};
            Runs.Observer observer = new Runs.Observer() {
                @Override
                public void finished(TrainingResult result) {
                    most[0] = held(backend) - before;
                }
            };
            Runs.train(backend, folder, test.config(), Runs.TEXT, settings, observer);
            assertEquals(1, (double) counted / most[0], TOLERANCE, counted + " counted, " + most[0] + " allocated");
        }
    }

    @Test
    void theBatchSizeThatIsNamedFitsAndTheNextDoesNot() {
        Case test = new Case("cuda", Cell.LSTM, RnnImplementation.FUSED, Precision.FP32, 24, 0);
        try (Backend backend = CudaTestBackend.open()) {
            Cudasim.memoryLimit(held(backend) + (3 << 20));
            long calls = Cudasim.calls("cuMemAlloc_v2");
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> trainer(backend, test, 25));
            assertEquals(ExitCode.MEMORY, refusal.exitCode());
            assertEquals(calls, Cudasim.calls("cuMemAlloc_v2"), "nothing was allocated");
            Matcher fitting = FITTING.matcher(refusal.getMessage());
            assertTrue(fitting.find(), refusal.getMessage());
            int batch = Integer.parseInt(fitting.group(1));
            assertThrows(LstmGpuException.class, () -> trainer(backend, test, batch + 1));
            trainer(backend, test, batch).close();
        }
    }

    @Test
    void oneOfSeveralProcessesHasMemoryForItsShare() {
        Case test = new Case("cuda", Cell.LSTM, RnnImplementation.FUSED, Precision.FP32, 24, 0);
        try (Backend backend = CudaTestBackend.open()) {
            long held = held(backend);
            Cudasim.memoryLimit(held + (3 << 19));
            int alone = fitting(batch -> requireMemory(backend, test, batch, Peers.ALONE));
            int together = fitting(batch -> requireMemory(backend, test, batch, ThreadPeers.only(2, 3)));
            assertTrue(together > alone, together + " sequences fit three and " + alone + " fit one");
            Cudasim.memoryLimit(held + (1 << 20));
            LstmGpuException none = assertThrows(
                    LstmGpuException.class, () -> requireMemory(backend, test, 25, ThreadPeers.only(2, 20)));
            assertEquals(ExitCode.MEMORY, none.exitCode());
            assertTrue(none.getMessage().contains("no batch size fits"), none.getMessage());
        }
    }

    /** The batch size that a refusal of 25 names, which fits. */
    private static int fitting(IntConsumer training) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> training.accept(25));
        assertEquals(ExitCode.MEMORY, refusal.exitCode());
        Matcher fitting = FITTING.matcher(refusal.getMessage());
        assertTrue(fitting.find(), refusal.getMessage());
        int batch = Integer.parseInt(fitting.group(1));
        training.accept(batch);
        return batch;
    }

    /** What a trainer asks for its share, without the other processes, with which it would compare itself first. */
    private static void requireMemory(Backend backend, Case test, int batch, Peers peers) {
        TrainingSettings settings = test.settings(batch);
        TrainingSettings.Samples wanted = settings.samples();
        Samples samples = Runs.TASK.samples(wanted.prompt(), wanted.length(), 1);
        new TrainingMemory(backend, test.config(), Runs.TASK, settings, samples, peers).require();
    }

    private static Trainer trainer(Backend backend, Case test, int batch) {
        return new Trainer(backend, test.config(), Runs.TASK, test.settings(batch), new Runs.Observer());
    }
}
