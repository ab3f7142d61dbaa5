package lstmgpu.backend.cuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cuda.libraries.JCudaLibraries;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;

/**
 * Products through cuBLAS. Each queue has a handle of its own with its own workspace, which is what makes results
 * repeat bit for bit and products fit to be recorded. What cuBLAS loads or allocates for a product it does at the first
 * one, so a rehearsal makes each product that is new to its handle once for real, into memory that is then given back.
 */
final class CublasProducts implements DeviceProducts {
    private static final int HOPPER = 9;
    private static final int HOPPER_WORKSPACE_BYTES = 32 << 20;
    private static final int WORKSPACE_BYTES = 8 << 20;

    private final CudaContext context;
    private final CudaQueues queues;
    private final CudaMemory memory;
    private final Handle first;
    private final Handle second;
    private final Pointer zero = scalar(0);
    private final Pointer one = scalar(1);

    CublasProducts(CudaContext context, CudaQueues queues, CudaMemory memory) {
        JCudaLibraries.cublas();
        this.context = context;
        this.queues = queues;
        this.memory = memory;
        this.first = new Handle(queues.first());
        try {
            this.second = new Handle(queues.second());
        } catch (RuntimeException failure) {
            first.close();
            throw failure;
        }
    }

    private final class Handle implements AutoCloseable {
        private final cublasHandle handle = new cublasHandle();
        private final CudaBuffer workspace;
        private final CUstream stream;
        private final Set<Product> made = new HashSet<>();

        Handle(CUstream stream) {
            this.stream = stream;
            int bytes = context.major() >= HOPPER ? HOPPER_WORKSPACE_BYTES : WORKSPACE_BYTES;
            this.workspace = memory.alloc(ElementType.INT32, bytes / Integer.BYTES);
            CudaCheck check = context.check();
            check.cublas(JCublas2.cublasCreate(handle), "starting cuBLAS");
            try {
                check.cublas(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)), "giving cuBLAS its stream");
                // After the stream, since setting that takes the workspace away.
                check.cublas(
                        JCublas2.cublasSetWorkspace(handle, workspace.pointer(), bytes), "giving cuBLAS its workspace");
            } catch (RuntimeException failure) {
                close();
                throw failure;
            }
        }

        @Override
        public void close() {
            JCublas2.cublasDestroy(handle);
            workspace.close();
        }
    }

    /** A float in memory of the host for as long as the pointer lives. */
    private static Pointer scalar(float value) {
        return Pointer.to(ByteBuffer.allocateDirect(Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .putFloat(0, value));
    }

    /** A row-major matrix is a column-major one transposed, so the factors change places: Cᵀ = op(B)ᵀ·op(A)ᵀ. */
    @Override
    public void multiply(Product product, KernelBuffer a, KernelBuffer b, boolean add, KernelBuffer c) {
        Pointer left = memory.own(a).pointer();
        Pointer right = memory.own(b).pointer();
        Pointer result = memory.own(c).pointer();
        if (product.rows() == 0 || product.columns() == 0) {
            return;
        }
        Handle handle = queues.isBeside() ? second : first;
        if (queues.isRehearsing()) {
            prepare(handle, product, left, right);
            return;
        }
        if (handle.made.add(product) && queues.isRecording()) {
            throw new IllegalStateException("a captured step cannot make a product that its rehearsal did not make");
        }
        multiply(handle, product, product.rows(), left, right, add ? one : zero, result);
    }

    /** Makes a product whose result nobody wants, with as many rows as there is memory for. */
    private void prepare(Handle handle, Product product, Pointer left, Pointer right) {
        if (!handle.made.add(product)) {
            return;
        }
        CudaCheck check = context.check();
        CUdeviceptr scratch = new CUdeviceptr();
        int rows = product.rows();
        int status = allocate(scratch, rows, product);
        while (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY && rows > 1) {
            rows = Math.ceilDiv(rows, 2);
            status = allocate(scratch, rows, product);
        }
        check.driver(status, "taking memory to prepare a product");
        try {
            multiply(handle, product, rows, left, right, zero, scratch);
            check.driver(JCudaDriver.cuStreamSynchronize(handle.stream), "preparing a product");
        } finally {
            JCudaDriver.cuMemFree(scratch);
        }
    }

    private static int allocate(CUdeviceptr scratch, int rows, Product product) {
        return JCudaDriver.cuMemAlloc(scratch, (long) rows * product.columns() * Float.BYTES);
    }

    /** The first of a product's rows. */
    private void multiply(
            Handle handle, Product product, int rows, Pointer left, Pointer right, Pointer beta, Pointer result) {
        int type = product.precision() == Precision.BF16 ? cudaDataType.CUDA_R_16BF : cudaDataType.CUDA_R_32F;
        int status = JCublas2.cublasGemmEx_new(
                handle.handle,
                operation(product.transposeB()),
                operation(product.transposeA()),
                product.columns(),
                rows,
                product.depth(),
                one,
                right,
                type,
                Math.max(1, product.transposeB() ? product.depth() : product.columns()),
                left,
                type,
                Math.max(1, product.transposeA() ? product.rows() : product.depth()),
                beta,
                result,
                cudaDataType.CUDA_R_32F,
                product.columns(),
                computeType(product.precision()),
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw context.check().cublasFailure(status, text(product));
        }
    }

    private static int operation(boolean transpose) {
        return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    private static int computeType(Precision precision) {
        return switch (precision) {
            case FP32, BF16 -> cublasComputeType.CUBLAS_COMPUTE_32F;
            case TF32 -> cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32;
        };
    }

    private static String text(Product product) {
        return "the product [%d,%d]·[%d,%d] in %s"
                .formatted(product.rows(), product.depth(), product.depth(), product.columns(), product.precision());
    }

    @Override
    public String description() {
        int[] version = new int[1];
        context.check().cublas(JCublas2.cublasGetVersion(first.handle, version), "asking for cuBLAS's version");
        return "cuBLAS %d.%d.%d".formatted(version[0] / 10_000, version[0] / 100 % 100, version[0] % 100);
    }

    @Override
    public void close() {
        second.close();
        first.close();
    }
}
