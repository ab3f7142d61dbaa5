package lstmgpu.backend;

import java.util.List;
import java.util.Locale;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;

/** The one place that chooses a backend. A backend asked for by name never falls back to another. */
public final class Backends {
    /** The names {@code --device} takes. */
    public static final List<String> NAMES = List.of("auto", "cuda", "opencl", "cpu", "reference");

    private Backends() {}

    /**
     * @param device one of {@link #NAMES}, for GPUs with an index behind a colon
     * @param threads of the CPU backend; 0 means one for each core
     * @throws LstmGpuException with exit code 2 for an unknown name, 4 for a device that is not available
     */
    public static Backend open(String device, int threads) {
        String name = device.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "auto", "cpu" ->
                new CpuBackend(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
            case "reference" -> new ReferenceBackend();
            default -> throw refusal(name);
        };
    }

    private static LstmGpuException refusal(String name) {
        String family = name.split(":", 2)[0];
        if (family.equals("cuda") || family.equals("opencl")) {
            return new LstmGpuException(
                    ExitCode.DEVICE,
                    "--device %s is not available: this version runs on the CPU only; use --device cpu"
                            .formatted(name));
        }
        return LstmGpuException.usage("--device %s is unknown; it takes %s", name, String.join(", ", NAMES));
    }
}
