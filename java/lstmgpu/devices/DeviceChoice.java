package lstmgpu.devices;

import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;

/**
 * A device that somebody asks for.
 *
 * @param name as {@link Backends#open(String, int, int, Consumer)} takes it
 * @param threads on the CPU; 0 means one for each core
 * @param gpu the number of the GPU where the name has none
 */
public record DeviceChoice(String name, int threads, int gpu) {
    private static final int MOST_THREADS = 4096;

    public DeviceChoice(String name, int threads) {
        this(name, threads, 0);
    }

    /** @throws LstmGpuException with exit code 2 for a number of threads out of range */
    public DeviceChoice {
        if (threads < 0 || threads > MOST_THREADS) {
            throw LstmGpuException.usage(
                    "--threads must lie in [0, %d], where 0 means one a core, not %d", MOST_THREADS, threads);
        }
    }

    /**
     * The same for one of several processes on a machine, as far as nothing else is asked for.
     *
     * @param cores its share; 0 for all of them
     */
    public DeviceChoice shared(int ownGpu, int cores) {
        return new DeviceChoice(name, threads == 0 ? cores : threads, ownGpu);
    }

    /**
     * @param notice hears in one line why the device was chosen, where that needs telling
     * @throws LstmGpuException with exit code 2 for an unknown name, 4 for a device that is not available
     */
    public Backend open(Consumer<String> notice) {
        return Backends.open(name, threads, gpu, notice);
    }
}
