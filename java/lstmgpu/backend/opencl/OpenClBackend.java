package lstmgpu.backend.opencl;

import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.files.CacheFolder;

/** Opens OpenCL devices as backends. */
public final class OpenClBackend {
    private OpenClBackend() {}

    /**
     * @param index of the device, counted from 0 over all platforms
     * @param notice hears in one line what makes it slower than it could be
     * @throws LstmGpuException with exit code 4 if there is no OpenCL or no such device
     */
    public static Backend open(int index, Consumer<String> notice) {
        OpenClDevice device =
                new OpenClDevice(index, CacheFolder.of(System.getenv()).resolve("opencl"));
        try {
            if (!device.unit().isGpu()) {
                notice.accept("%s is no GPU: --device cpu is faster on it"
                        .formatted(device.info().name()));
            }
            return new KernelBackend(device, new OpenClPlans());
        } catch (RuntimeException | Error failure) {
            device.close();
            throw failure;
        }
    }

    /**
     * The first GPU.
     *
     * @throws LstmGpuException with exit code 4 if there is none
     */
    public static Backend openGpu(Consumer<String> notice) {
        List<OpenClUnit> units = OpenClUnit.all();
        for (int index = 0; index < units.size(); index++) {
            if (units.get(index).isGpu()) {
                return open(index, notice);
            }
        }
        throw new LstmGpuException(ExitCode.DEVICE, "OpenCL has no GPU here");
    }
}
