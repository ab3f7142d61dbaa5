package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.model.Initialisation;
import lstmgpu.model.ModelConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What the first two thousand steps needed is enough for ten thousand, with saving, evaluating and sampling on the way. */
@Isolated
class MemoryOverTimeTest {
    private static final int STEPS = 10_000;
    private static final int SAVE_EVERY = 2000;

    @TempDir
    Path folder;

    @AfterEach
    void kernelsCompute() {
        Cudasim.load();
    }

    private final List<Long> heap = new ArrayList<>();
    private final List<Long> device = new ArrayList<>();
    private final List<Long> objects = new ArrayList<>();

    private void train(Backend backend) {
        Runs.Observer observer = new Runs.Observer() {
            @Override
            public void checkpoint(int step, Path checkpoint) {
                System.gc();
                heap.add(Runtime.getRuntime().totalMemory()
                        - Runtime.getRuntime().freeMemory());
                device.add(backend.allocatedBytes());
                objects.add(Cudasim.liveAllocations() + Cudasim.liveObjects());
            }
        };
        TrainingSettings settings = Runs.settings(STEPS);
        settings = Runs.with(settings, new TrainingSettings.Loop(2, 2, 0, TrainingSettings.UNLIMITED, STEPS, 0));
        settings = Runs.with(settings, new TrainingSettings.Validation(500, 0, 0));
        settings = Runs.with(settings, new TrainingSettings.Saving(SAVE_EVERY, 1, false));
        settings = Runs.with(settings, new TrainingSettings.Samples(SAVE_EVERY, "one", 4));
        settings = Runs.with(
                settings,
                new TrainingSettings.Run(
                        3,
                        Initialisation.UNIFORM,
                        settings.run().precision(),
                        RnnImplementation.AUTO,
                        null,
                        false,
                        List.of("train")));
        ModelConfig config = new ModelConfig(Cell.GRU, Runs.TOKENIZER.vocabularySize(), 4, 4, 1, 0.1f, false);
        Runs.train(backend, folder, config, Runs.TEXT, settings, observer);
    }

    private void requireFlat() {
        assertEquals(STEPS / SAVE_EVERY, heap.size());
        assertEquals(1, new HashSet<>(device).size(), "device memory: " + device);
        assertEquals(1, new HashSet<>(objects).size(), "allocations and objects: " + objects);
        // A kilobyte a step would be eight megabytes; other tests' leavings in this JVM come and go by two.
        assertTrue(heap.getLast() - heap.getFirst() < 4L << 20, "heap: " + heap);
    }

    @Test
    void onTheCpu() {
        try (Backend backend = new CpuBackend(1)) {
            train(backend);
        }
        requireFlat();
    }

    /** All calls of the driver are made; what kernels compute takes no memory. */
    @Test
    void onCuda() {
        Cudasim.idle();
        try (Backend backend = CudaTestBackend.open()) {
            train(backend);
        }
        requireFlat();
    }
}
