package lstmgpu.devices;

import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;

/**
 * A device that somebody asks for.
 *
 * @param name as {@link Backends#open(String, int, Consumer)} takes it
 * @param threads on the CPU; 0 means one for each core
 */
public record DeviceChoice(String name, int threads) {
    private static final int MOST_THREADS = 4096;

    /** @throws LstmGpuException with exit code 2 for a number of threads out of range */
    public DeviceChoice {
        if (threads < 0 || threads > MOST_THREADS) {
            throw LstmGpuException.usage(
                    "--threads must lie in [0, %d], where 0 means one a core, not %d", MOST_THREADS, threads);
        }
    }

    /**
     * @param notice hears in one line why the device was chosen, where that needs telling
     * @throws LstmGpuException with exit code 2 for an unknown name, 4 for a device that is not available
     */
    public Backend open(Consumer<String> notice) {
        return Backends.open(name, threads, notice);
    }
}
