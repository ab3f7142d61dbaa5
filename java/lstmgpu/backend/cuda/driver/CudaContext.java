package lstmgpu.backend.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cuda.libraries.JCudaLibraries;

/** The primary context of a GPU: the one that cuBLAS and cuDNN work in too. */
public final class CudaContext implements AutoCloseable {
    /** CUDA 12.0, the first whose drivers run code of every later 12. */
    private static final int OLDEST_DRIVER = 12_000;

    private static final int NAME_BYTES = 256;
    private static final ThreadLocal<CudaContext> CURRENT = new ThreadLocal<>();

    private final CUdevice device;
    private final CUcontext handle = new CUcontext();
    private final CudaCheck check;
    private final String name;
    private final int driverVersion;
    private boolean closed;

    private CudaContext(CUdevice device, String name, int index, int driverVersion) {
        this.device = device;
        this.name = name;
        this.driverVersion = driverVersion;
        this.check = new CudaCheck("%s (cuda:%d)".formatted(name, index));
        int status = JCudaDriver.cuDevicePrimaryCtxRetain(handle, device);
        if (status != CUresult.CUDA_SUCCESS) {
            throw check.driverFailure(status, "opening the device");
        }
    }

    /**
     * @param index counted from 0, as the driver counts
     * @throws LstmGpuException with exit code 4 if there is no such GPU or the driver cannot use it
     */
    static CudaContext open(int index) {
        JCudaLibraries.driver();
        CudaCheck driver = new CudaCheck("NVIDIA's driver");
        require(driver, JCudaDriver.cuInit(0), "starting CUDA");
        int[] version = new int[1];
        require(driver, JCudaDriver.cuDriverGetVersion(version), "asking for the driver's version");
        if (version[0] < OLDEST_DRIVER) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "NVIDIA's driver is for CUDA %s and at least %s is needed: install driver 525 or newer, or use --device cpu"
                            .formatted(versionText(version[0]), versionText(OLDEST_DRIVER)));
        }
        int[] count = new int[1];
        require(driver, JCudaDriver.cuDeviceGetCount(count), "counting the GPUs");
        if (index >= count[0]) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, "cuda:%d is not there: %s".formatted(index, present(driver, count[0])));
        }
        CUdevice device = new CUdevice();
        require(driver, JCudaDriver.cuDeviceGet(device, index), "opening the device");
        return new CudaContext(device, nameOf(driver, device), index, version[0]);
    }

    private static void require(CudaCheck driver, int status, String operation) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, driver.driverFailure(status, operation).getMessage());
        }
    }

    private static String present(CudaCheck driver, int count) {
        List<String> names = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            CUdevice device = new CUdevice();
            require(driver, JCudaDriver.cuDeviceGet(device, index), "opening the device");
            names.add("cuda:%d %s".formatted(index, nameOf(driver, device)));
        }
        return count == 0
                ? "the driver sees no GPU; look at nvidia-smi and at CUDA_VISIBLE_DEVICES, or use --device cpu"
                : "this machine has %d CUDA device%s, %s"
                        .formatted(count, count == 1 ? "" : "s", String.join(", ", names));
    }

    private static String nameOf(CudaCheck driver, CUdevice device) {
        byte[] text = new byte[NAME_BYTES];
        require(driver, JCudaDriver.cuDeviceGetName(text, text.length, device), "asking for the GPU's name");
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    private static String versionText(int version) {
        return "%d.%d".formatted(version / 1000, version % 1000 / 10);
    }

    public CudaCheck check() {
        return check;
    }

    String name() {
        return name;
    }

    /** The newest CUDA that the driver runs. */
    String driverVersion() {
        return versionText(driverVersion);
    }

    public int major() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    }

    int minor() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    }

    public int multiprocessors() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    }

    /** Bytes of shared memory that a block may have. */
    public int sharedBytes() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    }

    /** Whether blocks of one launch may wait for each other. */
    public boolean supportsCooperativeLaunch() {
        return attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH) != 0;
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        check.driver(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "asking for a property of the GPU");
        return value[0];
    }

    long memoryBytes() {
        long[] total = new long[1];
        check.driver(JCudaDriver.cuDeviceTotalMem(total, device), "asking for the GPU's memory");
        return total[0];
    }

    /** Makes the context current on this thread; throws if it is closed or lost. */
    void enter() {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        check.alive();
        makeCurrent();
    }

    private void makeCurrent() {
        if (CURRENT.get() != this) {
            check.driver(JCudaDriver.cuCtxSetCurrent(handle), "making the device current");
            CURRENT.set(this);
        }
    }

    /** Makes the context current for releasing what is left in it, which has to go on after any error. */
    void enterToClose() {
        if (check.isAlive()) {
            makeCurrent();
        } else {
            JCudaDriver.cuCtxSetCurrent(handle);
            CURRENT.set(this);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Errors are of no use any more: what is released here is gone either way. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            JCudaDriver.cuCtxSetCurrent(new CUcontext());
            CURRENT.remove();
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
        }
    }
}
