package lstmgpu.backend.cuda;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import lstmgpu.LstmGpuException;

/** cuDNN on a device: its handle in the first queue, and how its errors read. */
final class CudnnHandle implements AutoCloseable {
    private static final int SUCCESS = 0;
    /** cuDNN 9 numbers a status by its kind: thousands 2 and 3 mean that the call was not for this library or device. */
    private static final int KIND = 1000;

    private static final int BAD_PARAMETER = 2;
    private static final int NOT_SUPPORTED = 3;

    private final CudaCheck check;
    private final cudnnHandle handle = new cudnnHandle();
    private boolean closed;

    CudnnHandle(CudaContext context, CudaQueues queues) {
        JCudnn.setExceptionsEnabled(false);
        this.check = context.check();
        check(JCudnn.cudnnCreate(handle), "starting cuDNN");
        try {
            check(JCudnn.cudnnSetStream(handle, new cudaStream_t(queues.first())), "giving cuDNN its stream");
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    cudnnHandle handle() {
        return handle;
    }

    /** Name and version, for a person. */
    static String description() {
        long version = JCudnn.cudnnGetVersion();
        return "cuDNN %d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
    }

    /** @throws LstmGpuException unless the status is a success */
    void check(int status, String operation) {
        if (status != SUCCESS) {
            String name = JCudnn.cudnnGetErrorString(status);
            throw check.libraryFailure(operation, "cuDNN reports " + name, name.contains("ALLOC"));
        }
    }

    /**
     * @throws CudnnRefusal if cuDNN does not take the arguments
     * @throws LstmGpuException if it fails for any other reason
     */
    void accept(int status, String operation) {
        if (status / KIND == BAD_PARAMETER || status / KIND == NOT_SUPPORTED) {
            throw new CudnnRefusal("%s: %s".formatted(operation, JCudnn.cudnnGetErrorString(status)));
        }
        check(status, operation);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            JCudnn.cudnnDestroy(handle);
        }
    }
}
