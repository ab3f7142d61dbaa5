package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import lstmgpu.LstmGpuException;

/** A kernel whose blocks wait for each other, with the shared memory that each of them gets. */
public final class CooperativeKernel {
    /** Threads of a block, in every kernel of {@code kernels/cuda}. */
    public static final int THREADS = 256;

    private final Residency residency;
    private final DriverFunction function;
    private final String description;
    private final int sharedBytes;
    private final Waiting waiting;

    /**
     * @param description of the kernel, for messages
     * @throws CooperativeRefusal if the driver does not give it its shared memory or its clusters
     */
    CooperativeKernel(
            Residency residency, DriverFunction function, String description, int sharedBytes, Waiting waiting) {
        this.residency = residency;
        this.function = function;
        this.description = description;
        this.sharedBytes = sharedBytes;
        this.waiting = waiting;
        allowSharedBytes();
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
    public record Waiting(int neighbours, boolean all) {
        public static final Waiting ALL = new Waiting(1, true);

        /** Blocks of a cluster on GPUs that have the widest, and on every GPU with clusters. */
        private static final int WIDEST = 16;

        private static final int PORTABLE = 8;

        /** Whether it is a cluster that there can be. */
        public boolean isCluster() {
            return neighbours > 1 && neighbours <= WIDEST;
        }

        public boolean isWideCluster() {
            return neighbours > PORTABLE;
        }
    }

    private void set(int attribute, int value) {
        require(
                JCudaDriver.cuFuncSetAttribute(function, attribute, value),
                "giving it its shared memory and its clusters");
    }

    /** Kernels of other shapes have the same function, and their launches must go on. */
    private void allowSharedBytes() {
        int attribute = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
        int[] allowed = new int[1];
        require(JCudaDriver.cuFuncGetAttribute(allowed, attribute, function), "asking for its shared memory");
        if (allowed[0] < sharedBytes) {
            set(attribute, sharedBytes);
        }
    }

    /**
     * A refusal of this kernel and no more, unless the GPU's context is lost.
     *
     * @throws CooperativeRefusal if the driver's status is no success
     */
    void require(int status, String operation) {
        if (status != CUresult.CUDA_SUCCESS) {
            CudaCheck check = residency.context().check();
            LstmGpuException failure = check.driverFailure(status, "%s (%s)".formatted(operation, description));
            throw check.isAlive() ? new CooperativeRefusal(failure.getMessage()) : failure;
        }
    }

    Waiting waiting() {
        return waiting;
    }

    DriverFunction function() {
        return function;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    /**
     * Blocks that the GPU runs at once.
     *
     * @throws CooperativeRefusal if the driver does not say
     */
    public int residentBlocks() {
        return residency.blocks(this);
    }

    @Override
    public String toString() {
        return description;
    }
}
