package lstmgpu.backend.cuda;

import java.nio.file.Path;
import java.util.function.Consumer;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;

/** The CUDA backend on the stand-in. */
public final class CudaTestBackend {
    private CudaTestBackend() {}

    /** A fresh backend, to be closed by the caller. */
    public static Backend open() {
        return open(_ -> {});
    }

    /** @param notice hears where another implementation computes than the one that was asked for */
    public static Backend open(Consumer<String> notice) {
        return open(0, Cudasim.folder(), notice);
    }

    /** With the libraries of a folder. */
    public static Backend open(int index, Path folder, Consumer<String> notice) {
        CudaLibraries libraries = CudaLibraries.in(folder);
        KernelImages images = new KernelImages(libraries, Cudasim.folder().resolve("kernels"));
        return CudaBackend.open(index, libraries, images, notice);
    }
}
