package lstmgpu.backend.cuda;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A kernel for all steps of a layer, with the shared memory that its split asks for. */
final class SequenceKernel {
    private final CudaContext context;
    private final CudaCall call;
    private final CUfunction function;
    private final SequenceSplit split;

    SequenceKernel(CudaContext context, CudaCall call, CUfunction function, SequenceSplit split) {
        this.context = context;
        this.call = call;
        this.function = function;
        this.split = split;
        set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, split.sharedBytes());
        if (split.isWideCluster()) {
            set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
        }
    }

    private void set(int attribute, int value) {
        int status = JCudaDriver.cuFuncSetAttribute(function, attribute, value);
        context.check().driver(status, "giving %s its shared memory and its clusters".formatted(split));
    }

    SequenceSplit split() {
        return split;
    }

    /** Whether a launch of so many groups of lanes waits for nothing that has not begun. */
    boolean runs(int groups) {
        return split.isCluster() || residentBlocks() >= split.blocks() * groups;
    }

    /** Blocks that the GPU runs at once. */
    private int residentBlocks() {
        int[] each = new int[1];
        context.check()
                .driver(
                        JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                                each, function, SequenceSplit.THREADS, split.sharedBytes()),
                        "asking how many blocks of %s run at once".formatted(split));
        return each[0] * context.multiprocessors();
    }

    /** Starts a call, which {@link CudaCall#launchTogether} ends. */
    CudaCall call() {
        return call.of(function, split);
    }
}
