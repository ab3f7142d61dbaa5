package lstmgpu.backend.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Locale;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.jocl.CL;

/** The loader that finds the OpenCL drivers of a machine. It is asked for first, so that without it no class of JOCL is loaded. */
final class OpenClLibrary {
    private OpenClLibrary() {}

    /** The loader's name on this system. */
    static String name() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return "/System/Library/Frameworks/OpenCL.framework/OpenCL";
        }
        return system.startsWith("windows") ? "OpenCL.dll" : "libOpenCL.so.1";
    }

    /** @throws LstmGpuException with exit code 4 and what would mend it if OpenCL cannot be called */
    static void load(String loader) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(loader, arena);
        } catch (IllegalArgumentException absent) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "OpenCL's loader (%s) was not found: install ocl-icd-libopencl1 and the OpenCL driver of your GPU's maker"
                                    .formatted(loader)
                            + ", or use --device cpu",
                    absent);
        }
        try {
            CL.setExceptionsEnabled(false);
        } catch (LinkageError failure) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "JOCL's native library cannot be loaded (%s); make room in %s, or use --device cpu"
                            .formatted(
                                    String.valueOf(failure.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse(""),
                                    System.getProperty("java.io.tmpdir")),
                    failure);
        }
    }
}
