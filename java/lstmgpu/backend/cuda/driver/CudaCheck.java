package lstmgpu.backend.cuda.driver;

import java.util.Set;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.cublasStatus;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.kernels.DeviceCheck;

/**
 * Turns every status of the driver and its libraries into an exception that names the operation, the device and a
 * remedy. An error that destroys the GPU's context loses the device.
 */
public final class CudaCheck extends DeviceCheck {
    private static final String SEE_DOCTOR = "run lstm-gpu doctor to see what is installed";
    private static final Set<Integer> STICKY = Set.of(
            CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
            CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
            CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
            CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
            CUresult.CUDA_ERROR_ASSERT,
            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
            CUresult.CUDA_ERROR_INVALID_PC,
            CUresult.CUDA_ERROR_LAUNCH_FAILED,
            CUresult.CUDA_ERROR_UNKNOWN);

    /** @param device as a person names it */
    CudaCheck(String device) {
        super(device);
    }

    /** Throws unless the driver's status is a success. */
    void driver(int status, String operation) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw driverFailure(status, operation);
        }
    }

    /** Throws unless cuBLAS's status is a success. */
    void cublas(int status, String operation) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw cublasFailure(status, operation);
        }
    }

    /** The exception for a driver's status other than success. */
    LstmGpuException driverFailure(int status, String operation) {
        alive();
        LstmGpuException failure =
                new LstmGpuException(exitCode(status), text(operation, driverName(status), remedy(status)));
        return STICKY.contains(status) ? lose(failure) : failure;
    }

    /** The exception for cuBLAS's status other than success. */
    LstmGpuException cublasFailure(int status, String operation) {
        boolean memory = status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED;
        return libraryFailure(operation, "cuBLAS reports " + cublasStatus.stringFor(status), memory);
    }

    /**
     * The exception for a failure of a library above the driver. Where a lost context is behind it, that is what it
     * names.
     *
     * @param reason the library and its status
     * @param memory whether the status means that memory is short
     */
    public LstmGpuException libraryFailure(String operation, String reason, boolean memory) {
        int behind = JCudaDriver.cuStreamQuery(new CUstream());
        if (!isAlive() || STICKY.contains(behind)) {
            return driverFailure(behind, operation);
        }
        return new LstmGpuException(
                memory ? ExitCode.MEMORY : ExitCode.FAILED,
                text(operation, reason, memory ? remedy(CUresult.CUDA_ERROR_OUT_OF_MEMORY) : SEE_DOCTOR));
    }

    /** Whether the context still works, asked of the driver. */
    public boolean answers() {
        return isAlive() && !STICKY.contains(JCudaDriver.cuStreamQuery(new CUstream()));
    }

    private String text(String operation, String reason, String remedy) {
        return "%s failed on %s: %s; %s".formatted(operation, device(), reason, remedy);
    }

    /** The driver's own name of a status. */
    static String driverName(int status) {
        return CUresult.stringFor(status);
    }

    private static ExitCode exitCode(int status) {
        return switch (status) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY -> ExitCode.MEMORY;
            case CUresult.CUDA_ERROR_NO_DEVICE,
                    CUresult.CUDA_ERROR_INVALID_DEVICE,
                    CUresult.CUDA_ERROR_NOT_INITIALIZED,
                    CUresult.CUDA_ERROR_STUB_LIBRARY,
                    CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
                    CUresult.CUDA_ERROR_SYSTEM_NOT_READY,
                    CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
                    CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE -> ExitCode.DEVICE;
            default -> ExitCode.FAILED;
        };
    }

    private static String remedy(int status) {
        return switch (status) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                "a smaller --batch-size or --hidden-size fits, and nvidia-smi shows what else uses the memory";
            case CUresult.CUDA_ERROR_NO_DEVICE ->
                "the driver sees no GPU: look at nvidia-smi and at CUDA_VISIBLE_DEVICES, or use --device cpu";
            case CUresult.CUDA_ERROR_STUB_LIBRARY ->
                "the libcuda.so.1 that was found is the toolkit's stub: take its folder out of LD_LIBRARY_PATH";
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                "another process holds the GPU for itself: nvidia-smi names it; wait, or use another device";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
                "the driver's library and its kernel module do not fit, or are too old: install a newer NVIDIA driver"
                        + " and restart";
            case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
                    CUresult.CUDA_ERROR_INVALID_PTX,
                    CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                    CUresult.CUDA_ERROR_INVALID_IMAGE ->
                "the kernels do not fit this GPU or its driver: install a newer NVIDIA driver, or build again with"
                        + " CUDA's nvcc for it";
            case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE ->
                "the hardware is faulty: look at nvidia-smi -q, and go on from the last checkpoint with --resume";
            case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT ->
                "the display's watchdog stopped a kernel: use a smaller --batch-size or a GPU without a display, and"
                        + " --resume";
            default -> STICKY.contains(status) ? lostRemedy() : SEE_DOCTOR;
        };
    }

    private static String lostRemedy() {
        return "a kernel before it failed; go on from the last checkpoint with --resume, and should it come again,"
                + " CUDA_LAUNCH_BLOCKING=1 in the environment makes the message name the kernel";
    }
}
