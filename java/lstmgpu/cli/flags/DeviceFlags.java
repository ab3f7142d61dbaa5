package lstmgpu.cli.flags;

import java.util.Iterator;
import java.util.function.Consumer;
import lstmgpu.backend.Backend;
import lstmgpu.devices.Backends;
import lstmgpu.devices.DeviceChoice;
import picocli.CommandLine.Option;

/** Where to compute. */
@FlagSection("Device")
public final class DeviceFlags {
    /** For shells that complete them. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Backends.NAMES.iterator();
        }
    }

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "auto, cuda[:N], opencl[:N], cpu or reference. A device named here is used or"
                    + " refused, never replaced. Default: LSTM_GPU_DEVICE, then auto.")
    public String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Threads on the CPU. Default: LSTM_GPU_THREADS, then one a core.")
    public int threads;

    /** @param notice hears in one line why the device was chosen, where that needs telling */
    public Backend open(Consumer<String> notice) {
        return open(device, notice);
    }

    /** Another device than the one asked for, on as many threads. */
    public Backend open(String name, Consumer<String> notice) {
        return new DeviceChoice(name, threads).open(notice);
    }

    public DeviceChoice choice() {
        return new DeviceChoice(device, threads);
    }
}
