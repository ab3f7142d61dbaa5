package lstmgpu.backend.cuda;

import lstmgpu.backend.Backend;

/** The CUDA backend on the stand-in. */
public final class CudaTestBackend {
    private CudaTestBackend() {}

    /** A fresh backend, to be closed by the caller. */
    public static Backend open() {
        CudaLibraries libraries = CudaLibraries.in(Cudasim.folder());
        return CudaBackend.open(
                0, libraries, new KernelImages(libraries, Cudasim.folder().resolve("kernels")), _ -> {});
    }
}
