package lstmgpu.backend.cuda.cudnn;

import lstmgpu.LstmGpuException;

/** A status of cuDNN's other than success, of a call that left the GPU's context alive. */
public final class CudnnFailure extends LstmGpuException {
    private static final long serialVersionUID = 1L;

    /** cuDNN 9 numbers a status by its kind; thousand 1 means that the library as a whole does not work here. */
    private static final int KIND = 1000;

    private static final int NOT_WORKING = 1;

    private final int status;

    CudnnFailure(LstmGpuException failure, int status) {
        super(failure.exitCode(), failure.getMessage());
        this.status = status;
    }

    /** As cuDNN returned it. */
    int status() {
        return status;
    }

    /** Whether no other call will do better. */
    boolean isOfLibrary() {
        return status / KIND == NOT_WORKING;
    }

    /** What is not used because of it. */
    public CudnnRefusal refusal() {
        String reason = getMessage().substring(0, getMessage().indexOf(';'));
        return new CudnnRefusal(reason, isOfLibrary() ? CudnnRefusal.Extent.LIBRARY : CudnnRefusal.Extent.LAYER);
    }
}
