package lstmgpu.backend.cpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;

/** OpenBLAS on the class path. */
final class OpenBlasFiles {
    /** The runtime of the compiler that it was made with, then itself; a system has some of them. */
    private static final List<String> NAMES = List.of(
            "libgcc_s.so.1",
            "libquadmath.so.0",
            "libgfortran.so.5",
            "libopenblas.so.0",
            "libgcc_s.1.1.dylib",
            "libquadmath.0.dylib",
            "libgfortran.dylib",
            "libopenblas.0.dylib");

    private OpenBlasFiles() {}

    /**
     * Loads it.
     *
     * @throws LstmGpuException with exit code 1 if that fails
     */
    static Path load() {
        String folder = "/org/bytedeco/openblas/%s/".formatted(platform());
        List<String> resources = NAMES.stream()
                .map(folder::concat)
                .filter(NativeLibraries::isPacked)
                .toList();
        return NativeLibraries.load(resources).getLast();
    }

    /** As the makers of the package call it. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "macosx" : "linux";
        return system + (System.getProperty("os.arch").equals("aarch64") ? "-arm64" : "-x86_64");
    }
}
