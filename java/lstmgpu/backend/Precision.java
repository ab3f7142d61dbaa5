package lstmgpu.backend;

import java.util.List;
import java.util.Locale;
import lstmgpu.LstmGpuException;

/** The type of a product's factors. Sums, states, master weights and the optimiser are float32 in every case. */
public enum Precision {
    FP32("cuda", "opencl", "cpu", "reference"),
    TF32("cuda"),
    BF16("cuda", "cpu");

    private final List<String> backends;

    Precision(String... backends) {
        this.backends = List.of(backends);
    }

    /** @param backend a name that {@code --device} takes */
    public boolean isOn(String backend) {
        return backends.contains(backend);
    }

    /** The backends that have it, as a person writes them. */
    public String owners() {
        return String.join(" and ", backends).replace("cuda", "CUDA").replace("cpu", "the CPU");
    }

    /**
     * For a backend that was asked for it.
     *
     * @throws LstmGpuException with exit code 2 if the backend does not have it
     */
    public void requireOn(String backend) {
        if (!isOn(backend)) {
            throw LstmGpuException.usage(
                    "--precision %s is for %s only and the device %s computes in fp32; use --precision fp32",
                    name().toLowerCase(Locale.ROOT), owners(), backend);
        }
    }
}
