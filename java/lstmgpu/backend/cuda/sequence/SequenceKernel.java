package lstmgpu.backend.cuda.sequence;

import lstmgpu.backend.cuda.driver.CooperativeKernel;
import lstmgpu.backend.cuda.driver.CooperativeRefusal;
import lstmgpu.backend.cuda.driver.CudaCall;
import lstmgpu.backend.cuda.driver.CudaDevice;

/** A kernel for all steps of a layer, with the shared memory that its split asks for. */
final class SequenceKernel {
    private final CudaDevice device;
    private final CooperativeKernel kernel;
    private final SequenceSplit split;

    /**
     * @throws lstmgpu.LstmGpuException with exit code 4 if there is neither an image of it nor a compiler
     * @throws CooperativeRefusal if the driver does not give it what it needs
     */
    SequenceKernel(CudaDevice device, SequenceSplit split) {
        this.device = device;
        this.split = split;
        this.kernel = device.cooperative(
                split.file(),
                split.kernel(),
                split.constants(),
                split.toString(),
                split.sharedBytes(),
                split.waiting());
    }

    SequenceSplit split() {
        return split;
    }

    /**
     * Whether a launch of so many groups of sequences waits for nothing that has not begun.
     *
     * @throws CooperativeRefusal if the driver does not say
     */
    boolean runs(int groups) {
        int together = split.waiting().all() ? groups : 1;
        return kernel.residentBlocks() >= split.blocks() * together;
    }

    /** Starts a call, which {@link CudaCall#launchCooperative} ends. */
    CudaCall call() {
        return device.call(kernel, split.blocks());
    }
}
