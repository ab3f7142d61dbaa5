package lstmgpu.devices;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaBackend;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.opencl.OpenClBackend;
import lstmgpu.backend.reference.ReferenceBackend;

/** The one place that chooses a backend. A backend asked for by name never falls back to another. */
public final class Backends {
    /** The names {@code --device} takes. */
    public static final List<String> NAMES = List.of("auto", "cuda", "opencl", "cpu", "reference");

    private static final int MOST_DIGITS = 4;

    private Backends() {}

    /** As {@link #open(String, int, int, Consumer)}, for callers that name a device. */
    public static Backend open(String device, int threads) {
        return open(device, threads, 0, _ -> {});
    }

    /**
     * @param device one of {@link #NAMES}, for GPUs with an index behind a colon
     * @param threads of the CPU backend; 0 means one for each core
     * @param gpu the index where none is named
     * @param notice hears in one line why {@code auto} chose what it chose, where that is not the fastest kind of
     *     device, and what makes the device slower than it could be
     * @throws LstmGpuException with exit code 2 for an unknown name, 4 for a device that is not available
     */
    public static Backend open(String device, int threads, int gpu, Consumer<String> notice) {
        String name = device.toLowerCase(Locale.ROOT);
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        if (!NAMES.contains(kind)) {
            throw LstmGpuException.usage("--device %s is unknown; it takes %s", device, String.join(", ", NAMES));
        }
        int index = colon < 0 ? gpu : index(device, kind, name.substring(colon + 1));
        return switch (kind) {
            case "cuda" -> named(device, () -> CudaBackend.open(index, CudaLibraries.find(), notice));
            case "opencl" -> named(device, () -> OpenClBackend.open(index, notice));
            case "cpu" -> cpu(threads);
            case "reference" -> new ReferenceBackend();
            default -> automatic(threads, gpu, notice);
        };
    }

    private static int index(String device, String kind, String number) {
        if (!kind.equals("cuda") && !kind.equals("opencl")) {
            throw LstmGpuException.usage(
                    "--device %s: only GPUs have numbers, as in cuda:0; use --device %s", device, kind);
        }
        if (number.isEmpty()
                || number.length() > MOST_DIGITS
                || !number.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw LstmGpuException.usage(
                    "--device %s: behind the colon goes the number of a GPU, %s:0 for the first", device, kind);
        }
        return Integer.parseInt(number);
    }

    private static Backend cpu(int threads) {
        return new CpuBackend(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    }

    private static Backend named(String device, Supplier<Backend> opening) {
        try {
            return opening.get();
        } catch (LstmGpuException refusal) {
            if (refusal.exitCode() != ExitCode.DEVICE) {
                throw refusal;
            }
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "--device %s is not available: %s".formatted(device, refusal.getMessage()),
                    refusal);
        }
    }

    private static Backend automatic(int threads, int gpu, Consumer<String> notice) {
        String refusals;
        try {
            return CudaBackend.open(gpu, CudaLibraries.find(), notice);
        } catch (LstmGpuException refusal) {
            refusals = refusal.getMessage();
        }
        try {
            Backend found = OpenClBackend.openGpu(notice);
            notice.accept("computing through OpenCL: " + refusals);
            return found;
        } catch (LstmGpuException refusal) {
            notice.accept("computing on the CPU: %s; %s".formatted(refusals, refusal.getMessage()));
            return cpu(threads);
        }
    }
}
