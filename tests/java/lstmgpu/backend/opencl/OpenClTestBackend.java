package lstmgpu.backend.opencl;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.files.CacheFolder;
import org.junit.jupiter.api.Assumptions;

/** The first OpenCL device of this machine; where continuous integration runs, it has to be there. */
public final class OpenClTestBackend {
    private OpenClTestBackend() {}

    /** A fresh backend, to be closed by the caller. */
    public static Backend open() {
        requirePresent();
        return OpenClBackend.open(0, _ -> {});
    }

    /** What is below the backend. */
    static OpenClDevice device() {
        return new OpenClDevice(0, CacheFolder.of(System.getenv()).resolve("opencl"));
    }

    /** Ends the test as left out where there is no OpenCL, and as failed where {@code CI} is set. */
    public static void requirePresent() {
        try {
            OpenClUnit.all();
        } catch (LstmGpuException absent) {
            if (System.getenv("CI") != null) {
                throw absent;
            }
            Assumptions.abort("tests of OpenCL: " + absent.getMessage());
        }
    }
}
