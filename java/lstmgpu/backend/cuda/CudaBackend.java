package lstmgpu.backend.cuda;

import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.natives.NativeLibraries;

/** Opens NVIDIA GPUs as backends. */
public final class CudaBackend {
    private static final List<String> PACKAGES = List.of(
            "jcuda.driver.JCudaDriver", "jcuda.jcublas.JCublas2", "jcuda.jcudnn.JCudnn", "org.lwjgl.cuda.NVRTC");

    private CudaBackend() {}

    /**
     * @param index of the GPU, counted from 0 as the driver counts
     * @param notice hears in one line what makes it slower than it could be
     * @throws LstmGpuException with exit code 4 if there is no driver or no such GPU, or the driver cannot use it
     */
    public static Backend open(int index, CudaLibraries libraries, Consumer<String> notice) {
        requireDriver(libraries);
        return open(index, libraries, KernelImages.find(libraries), notice);
    }

    /** Asked first, so that without a driver no class of JCuda is loaded and no start gets slower. */
    private static void requireDriver(CudaLibraries libraries) {
        CudaLibrary driver = libraries.driver();
        if (!driver.isUsable()) {
            throw new LstmGpuException(ExitCode.DEVICE, driver.refusal());
        }
        if (!NativeLibraries.haveClasses(PACKAGES)) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "there is a driver of NVIDIA, but the packages for CUDA (JCuda, JCublas, JCudnn, LWJGL) are not"
                            + " all on the class path; add them as the page From Java says, or use --device cpu");
        }
    }

    /** With the kernels of {@code images}. */
    public static Backend open(int index, CudaLibraries libraries, KernelImages images, Consumer<String> notice) {
        requireDriver(libraries);
        CudaDevice device = new CudaDevice(index, libraries, images);
        try {
            if (!libraries.cublas().isUsable()) {
                notice.accept("kernels of this program compute the matrix products, which is slower than cuBLAS: "
                        + libraries.cublas().refusal());
            }
            return new KernelBackend(device, new CudaPlans(device, libraries.cudnn(), notice));
        } catch (RuntimeException | Error failure) {
            device.close();
            throw failure;
        }
    }
}
