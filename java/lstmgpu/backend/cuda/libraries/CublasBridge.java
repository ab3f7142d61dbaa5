package lstmgpu.backend.cuda.libraries;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.backend.natives.NativeLibraries;

/**
 * {@code native/cublas_bridge.cpp}: a libcublas.so.12, which is what JCublas asks for, that forwards to
 * libcublas.so.13. It is in the jar where a C++ compiler was there at build time, and is unpacked into the cache,
 * because a loader wants files.
 */
final class CublasBridge {
    static final String FILE = "libcublas.so.12";
    private static final String RESOURCE = "/native/" + FILE;

    private CublasBridge() {}

    static boolean isBuilt() {
        return NativeLibraries.isPacked(RESOURCE);
    }

    /**
     * Loads the bridge and points it to cuBLAS.
     *
     * @throws UnsatisfiedLinkError with the reason if that fails
     */
    static void open(Path cublas) {
        LoadedLibrary bridge =
                LoadedLibrary.load(NativeLibraries.unpack(List.of(RESOURCE)).getFirst());
        String problem =
                bridge.answer("lstm_gpu_open_cublas", cublas.toAbsolutePath().toString());
        if (!problem.isEmpty()) {
            throw new UnsatisfiedLinkError(problem);
        }
    }
}
