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
        context.check()
                .driver(
                        JCudaDriver.cuFuncSetAttribute(
                                function,
                                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                split.sharedBytes()),
                        "giving %s its shared memory".formatted(split));
    }

    SequenceSplit split() {
        return split;
    }

    /** Blocks that the GPU runs at once. */
    int residentBlocks() {
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
