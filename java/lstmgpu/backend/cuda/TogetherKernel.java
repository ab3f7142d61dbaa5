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
    private final Clusters clusters;

    /**
     * @param description of the kernel, for messages
     * @param clusters whether only the blocks of a cluster wait for each other, and how large those are
     */
    TogetherKernel(CudaContext context, CUfunction function, String description, int sharedBytes, Clusters clusters) {
        this.context = context;
        this.function = function;
        this.description = description;
        this.sharedBytes = sharedBytes;
        this.clusters = clusters;
        set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes);
        if (clusters == Clusters.WIDE) {
            set(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1);
        }
    }

    /** Which blocks wait for each other: all, those of a cluster, those of one that only some GPUs have. */
    enum Clusters {
        NONE,
        PORTABLE,
        WIDE
    }

    private void set(int attribute, int value) {
        int status = JCudaDriver.cuFuncSetAttribute(function, attribute, value);
        context.check().driver(status, "giving %s its shared memory and its clusters".formatted(description));
    }

    boolean isCluster() {
        return clusters != Clusters.NONE;
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
