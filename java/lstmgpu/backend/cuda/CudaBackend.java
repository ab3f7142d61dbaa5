package lstmgpu.backend.cuda;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.kernels.KernelBackend;

/** Opens NVIDIA GPUs as backends. */
public final class CudaBackend {
    private CudaBackend() {}

    /**
     * @param index of the GPU, counted from 0 as the driver counts
     * @throws LstmGpuException with exit code 4 if there is no driver or no such GPU, or the driver cannot use it
     */
    public static Backend open(int index, CudaLibraries libraries) {
        requireDriver(libraries);
        return open(index, libraries, KernelImages.find(libraries));
    }

    /** Asked first, so that without a driver no class of JCuda is loaded and no start gets slower. */
    private static void requireDriver(CudaLibraries libraries) {
        CudaLibrary driver = libraries.driver();
        if (!driver.isUsable()) {
            throw new LstmGpuException(ExitCode.DEVICE, driver.refusal());
        }
    }

    /** With the kernels of {@code images}. */
    public static Backend open(int index, CudaLibraries libraries, KernelImages images) {
        requireDriver(libraries);
        CudaDevice device = new CudaDevice(index, libraries, images);
        try {
            return new KernelBackend(device, new CudaPlans(device, libraries.cudnn()));
        } catch (RuntimeException | Error failure) {
            device.close();
            throw failure;
        }
    }
}
