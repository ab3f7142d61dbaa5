package lstmgpu.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.files.AtomicFiles;

/**
 * {@code native/cublas_bridge.cpp}: a libcublas.so.12, which is what JCublas asks for, that forwards to libcublas.so.13. It is in the jar
 * where a C++ compiler was there at build time, and is unpacked into the cache, because a loader wants files.
 */
final class CublasBridge {
    static final String FILE = "libcublas.so.12";
    private static final String RESOURCE = "/native/" + FILE;

    private CublasBridge() {}

    static boolean isBuilt() {
        return CublasBridge.class.getResource(RESOURCE) != null;
    }

    /**
     * Loads the bridge and points it to cuBLAS.
     *
     * @throws UnsatisfiedLinkError with the reason if that fails
     */
    static void open(Path cublas, Path cache) {
        LoadedLibrary bridge = LoadedLibrary.load(unpacked(cache));
        String problem =
                bridge.answer("lstm_gpu_open_cublas", cublas.toAbsolutePath().toString());
        if (!problem.isEmpty()) {
            throw new UnsatisfiedLinkError(problem);
        }
    }

    /** The file's folder is named by the content, so that two versions of the program do not meet. */
    private static Path unpacked(Path cache) {
        try (InputStream resource = CublasBridge.class.getResourceAsStream(RESOURCE)) {
            byte[] content = resource.readAllBytes();
            Path file = cache.resolve("native").resolve(ContentHash.of(content)).resolve(FILE);
            if (!Files.isRegularFile(file) || Files.size(file) != content.length) {
                Files.createDirectories(file.getParent());
                AtomicFiles.write(file, out -> out.write(content));
            }
            return file;
        } catch (IOException | LstmGpuException failure) {
            throw (Error)
                    new UnsatisfiedLinkError("the bridge to it cannot be unpacked into " + cache).initCause(failure);
        }
    }
}
