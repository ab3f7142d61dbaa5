package lstmgpu.backend.cuda.driver;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.cuda.libraries.JCudaLibraries;

/**
 * A GPU as the driver describes it.
 *
 * @param name of the hardware
 * @param capability compute capability, 9.0 for example
 * @param memoryBytes all of its memory
 * @param freeBytes what is free now
 */
public record CudaGpu(String name, String capability, int multiprocessors, long memoryBytes, long freeBytes) {

    /**
     * All GPUs, in the driver's order; at least one.
     *
     * @throws LstmGpuException with exit code 4 and the reason if there is none that can be used
     */
    public static List<CudaGpu> all(CudaLibraries libraries) {
        CudaLibrary driver = libraries.driver();
        if (!driver.isUsable()) {
            throw new LstmGpuException(ExitCode.DEVICE, driver.refusal());
        }
        JCudaLibraries.driver();
        CudaCheck check = new CudaCheck("NVIDIA's driver");
        int[] count = new int[1];
        int status = JCudaDriver.cuInit(0);
        if (status == CUresult.CUDA_SUCCESS) {
            status = JCudaDriver.cuDeviceGetCount(count);
        }
        if (status != CUresult.CUDA_SUCCESS) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    check.driverFailure(status, "starting CUDA").getMessage());
        }
        List<CudaGpu> gpus = new ArrayList<>();
        // Opening a device that is not there says so in the words that --device cuda would use.
        for (int index = 0; index < Math.max(1, count[0]); index++) {
            gpus.add(describe(index));
        }
        return gpus;
    }

    private static CudaGpu describe(int index) {
        try (CudaContext context = CudaContext.open(index)) {
            context.enter();
            long[] free = new long[1];
            long[] total = new long[1];
            context.check().driver(JCudaDriver.cuMemGetInfo(free, total), "asking for free memory");
            return new CudaGpu(
                    context.name(),
                    context.major() + "." + context.minor(),
                    context.multiprocessors(),
                    context.memoryBytes(),
                    free[0]);
        }
    }
}
