package lstmgpu.backend.cuda;

/** A kernel for all steps of a layer, with the shared memory that its split asks for. */
final class SequenceKernel {
    private final CudaCall call;
    private final TogetherKernel kernel;
    private final SequenceSplit split;

    SequenceKernel(CudaCall call, TogetherKernel kernel, SequenceSplit split) {
        this.call = call;
        this.kernel = kernel;
        this.split = split;
    }

    SequenceSplit split() {
        return split;
    }

    /**
     * Whether a launch of so many groups of lanes waits for nothing that has not begun.
     *
     * @throws SequenceRefusal if the driver does not say
     */
    boolean runs(int groups) {
        int together = split.waiting().all() ? groups : 1;
        return kernel.residentBlocks() >= split.blocks() * together;
    }

    /** Starts a call, which {@link CudaCall#launchTogether} ends. */
    CudaCall call() {
        return call.of(kernel, split.blocks());
    }
}
