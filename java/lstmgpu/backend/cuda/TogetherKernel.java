package lstmgpu.backend.cuda;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A kernel whose blocks wait for each other, with the shared memory that each of them gets. */
final class TogetherKernel {
    /** Threads of a block, in every kernel of {@code kernels/cuda}. */
    static final int THREADS = 256;

    private final CudaContext context;
    private final CUfunction function;
    private final String description;
    private final int sharedBytes;
    private final Waiting waiting;

    /**
     * @param description of the kernel, for messages
     */
    TogetherKernel(CudaContext context, CUfunction function, String description, int sharedBytes, Waiting waiting) {
        this.context = context;
        this.function = function;
        this.description = description;
        this.sharedBytes = sharedBytes;
        this.waiting = waiting;
        set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes);
        if (waiting.isWideCluster()) {
            set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
        }
    }

    /**
     * Which blocks wait for each other.
     *
     * @param neighbours how many are a cluster, 1 where there are none
     * @param all whether all blocks do
     */
    record Waiting(int neighbours, boolean all) {
        static final Waiting ALL = new Waiting(1, true);

        /** Blocks of a cluster on GPUs that have the widest, and on every GPU with clusters. */
        private static final int WIDEST = 16;

        private static final int PORTABLE = 8;

        /** Whether it is a cluster that there can be. */
        boolean isCluster() {
            return neighbours > 1 && neighbours <= WIDEST;
        }

        boolean isWideCluster() {
            return neighbours > PORTABLE;
        }
    }

    private void set(int attribute, int value) {
        int status = JCudaDriver.cuFuncSetAttribute(function, attribute, value);
        context.check().driver(status, "giving %s its shared memory and its clusters".formatted(description));
    }

    Waiting waiting() {
        return waiting;
    }

    CUfunction function() {
        return function;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    /** Blocks that the GPU runs at once. */
    int residentBlocks() {
        int[] each = new int[1];
        context.check()
                .driver(
                        JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(each, function, THREADS, sharedBytes),
                        "asking how many blocks of %s run at once".formatted(description));
        return each[0] * context.multiprocessors();
    }

    @Override
    public String toString() {
        return description;
    }
}
