package lstmgpu.backend;

import java.util.List;
import java.util.Locale;
import lstmgpu.LstmGpuException;

/** Who computes a recurrent stack, on a backend that has more than one way. */
public enum RnnImplementation {
    /** The backend chooses, and says in the log what and why. */
    AUTO("cuda", "opencl", "cpu", "reference"),
    /** NVIDIA's cuDNN. */
    CUDNN("cuda"),
    /** Products and this project's own fused kernels. */
    FUSED("cuda", "opencl"),
    /** This project's kernels for all steps of a layer in one launch. */
    SEQUENCE("cuda");

    private final List<String> backends;

    RnnImplementation(String... backends) {
        this.backends = List.of(backends);
    }

    /** @param backend a name that {@code --device} takes */
    public boolean isOn(String backend) {
        return backends.contains(backend);
    }

    /** The backends that have it, as a person writes them. */
    public String owners() {
        return String.join(" and ", backends).replace("cuda", "CUDA").replace("opencl", "OpenCL");
    }

    /**
     * For a backend that was asked for it.
     *
     * @throws LstmGpuException with exit code 2 if the backend does not have it
     */
    public void requireOn(String backend) {
        if (!isOn(backend)) {
            throw LstmGpuException.usage(
                    "--rnn %s is for %s and the device is %s; use --rnn auto",
                    name().toLowerCase(Locale.ROOT), owners(), backend);
        }
    }
}
