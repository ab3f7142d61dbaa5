package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDropoutDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cuda.driver.CudaCheck;
import lstmgpu.backend.cuda.driver.CudaContext;
import lstmgpu.backend.cuda.driver.CudaQueues;
import lstmgpu.backend.cuda.libraries.JCudaLibraries;

/** cuDNN on a device: its handle in the first queue, and how its errors read. */
final class CudnnHandle implements AutoCloseable {
    private static final int SUCCESS = 0;

    private final CudaCheck check;
    private final cudnnHandle handle = new cudnnHandle();
    private final cudnnDropoutDescriptor noDropout = new cudnnDropoutDescriptor();
    private final Deque<Runnable> releases = new ArrayDeque<>();

    CudnnHandle(CudaContext context, CudaQueues queues) {
        JCudaLibraries.cudnn();
        this.check = context.check();
        check(JCudnn.cudnnCreate(handle), "starting cuDNN");
        releases.push(() -> JCudnn.cudnnDestroy(handle));
        try {
            check(JCudnn.cudnnSetStream(handle, new cudaStream_t(queues.first())), "giving cuDNN its stream");
            check(JCudnn.cudnnCreateDropoutDescriptor(noDropout), "making a descriptor");
            releases.push(() -> JCudnn.cudnnDestroyDropoutDescriptor(noDropout));
            check(JCudnn.cudnnSetDropoutDescriptor(noDropout, handle, 0, new Pointer(), 0, 0), "describing no dropout");
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    cudnnHandle handle() {
        return handle;
    }

    /** Of rate 0 and without states: what a layer that drops nothing is described with. */
    cudnnDropoutDescriptor noDropout() {
        return noDropout;
    }

    /**
     * @throws CudnnFailure unless the status is a success
     * @throws LstmGpuException if the GPU's context is lost
     */
    void check(int status, String operation) {
        if (status != SUCCESS) {
            String name = JCudnn.cudnnGetErrorString(status);
            LstmGpuException failure = check.libraryFailure(operation, "cuDNN reports " + name, name.contains("ALLOC"));
            throw check.isAlive() ? new CudnnFailure(failure, status) : failure;
        }
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
