package lstmgpu.backend;

import java.util.Locale;
import lstmgpu.LstmGpuException;

/** Who computes a recurrent stack, on a backend that has more than one way. */
public enum RnnImplementation {
    /** The backend chooses, and says in the log what and why. */
    AUTO,
    /** NVIDIA's cuDNN, on CUDA. */
    CUDNN,
    /** Products and this project's own fused kernels, on CUDA. */
    FUSED;

    /**
     * For backends with one way only.
     *
     * @throws LstmGpuException with exit code 2 if one of CUDA's was asked for by name
     */
    public void requireAuto(String backend) {
        if (this != AUTO) {
            throw LstmGpuException.usage(
                    "--rnn %s is for CUDA only and the device is %s; use --rnn auto",
                    name().toLowerCase(Locale.ROOT), backend);
        }
    }
}
