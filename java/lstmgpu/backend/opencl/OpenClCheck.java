package lstmgpu.backend.opencl;

import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.kernels.DeviceCheck;
import org.jocl.CL;

/**
 * Turns every status of OpenCL into an exception that names the operation, the device and a remedy.
 */
final class OpenClCheck extends DeviceCheck {
    /** NVIDIA's driver gives the first after a kernel that failed; every driver may give the others. */
    private static final Set<Integer> LOST = Set.of(
            CL.CL_INVALID_COMMAND_QUEUE,
            CL.CL_DEVICE_NOT_AVAILABLE,
            CL.CL_INVALID_DEVICE,
            CL.CL_INVALID_CONTEXT,
            CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);

    private static final Set<Integer> MEMORY = Set.of(
            CL.CL_MEM_OBJECT_ALLOCATION_FAILURE,
            CL.CL_OUT_OF_RESOURCES,
            CL.CL_OUT_OF_HOST_MEMORY,
            CL.CL_INVALID_BUFFER_SIZE);

    /** @param device as a person names it */
    OpenClCheck(String device) {
        super(device);
    }

    /** Whether the status means that there is not so much memory. */
    static boolean isMemory(int status) {
        return MEMORY.contains(status);
    }

    /** Throws unless the status is a success. */
    void status(int status, String operation) {
        if (status != CL.CL_SUCCESS) {
            throw failure(status, operation);
        }
    }

    /** The exception for a status other than success. */
    LstmGpuException failure(int status, String operation) {
        alive();
        LstmGpuException failure = new LstmGpuException(
                isMemory(status) ? ExitCode.MEMORY : ExitCode.FAILED,
                "%s failed on %s: %s; %s"
                        .formatted(operation, device(), CL.stringFor_errorCode(status), remedy(status)));
        return LOST.contains(status) ? lose(failure) : failure;
    }

    private static String remedy(int status) {
        if (isMemory(status)) {
            return "a smaller --batch-size or --hidden-size fits";
        }
        return LOST.contains(status)
                ? "the device was lost; go on from the last checkpoint with --resume, and should it come again, update"
                        + " its driver or use --device cpu"
                : "run lstm-gpu doctor to see what is installed";
    }
}
