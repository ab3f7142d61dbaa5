package lstmgpu.train;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.network.Initialisation;
import lstmgpu.network.NetworkConfig;

/**
 * A process that does nothing but train, and writes at every checkpoint what is held: bytes of heap that are in use,
 * bytes of the device's memory, and how many allocations and objects the driver knows.
 */
final class LongTraining {
    static final int STEPS = 10_000;
    static final int SAVE_EVERY = 2000;

    private LongTraining() {}

    /**
     * Arguments: {@code cpu} or {@code cuda}, where all calls of the driver are made but no kernel computes; a folder.
     */
    public static void main(String[] arguments) {
        if (arguments[0].equals("cuda")) {
            Cudasim.idle();
        }
        try (Backend backend = arguments[0].equals("cuda") ? CudaTestBackend.open() : new CpuBackend(1)) {
            NetworkConfig config =
                    NetworkConfig.ofTokens(Cell.GRU, Runs.TOKENIZER.vocabularySize(), 4, 4, 1, 0.1f, false);
            Runs.train(backend, Path.of(arguments[1]), config, Runs.TEXT, settings(), new Reporter(backend));
        }
    }

    private static final class Reporter extends Runs.Observer {
        private final Backend backend;
        private final PrintStream out = System.out;

        Reporter(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void checkpoint(int step, Path checkpoint) {
            long heap =
                    LongStream.range(0, 5).map(_ -> heldAfterCollection()).min().getAsLong();
            long objects = Cudasim.liveAllocations() + Cudasim.liveObjects();
            out.println(heap + " " + backend.allocatedBytes() + " " + objects);
        }
    }

    /** Now and then threads that write in the background hold something more, so one answer says little. */
    private static long heldAfterCollection() {
        LockSupport.parkNanos(50_000_000);
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static TrainingSettings settings() {
        TrainingSettings settings = Runs.settings(STEPS);
        settings = Runs.with(settings, new TrainingSettings.Loop(2, 2, 0, 0, TrainingSettings.UNLIMITED, STEPS, 0));
        settings = Runs.with(settings, new TrainingSettings.Validation(500, 0, 0));
        settings = Runs.with(settings, new TrainingSettings.Saving(SAVE_EVERY, 1, false));
        settings = Runs.with(settings, new TrainingSettings.Samples(SAVE_EVERY, "one", 4));
        return Runs.with(
                settings,
                new TrainingSettings.Run(
                        3,
                        Initialisation.UNIFORM,
                        settings.run().precision(),
                        RnnImplementation.AUTO,
                        null,
                        false,
                        List.of("train")));
    }
}
