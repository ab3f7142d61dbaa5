package lstmgpu.backend.cuda;

import static lstmgpu.backend.cuda.RawDriver.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in's cuBLAS computes, rounds and refuses as it says. */
class CudasimProductTest {
    private static final int FLOATS = cudaDataType.CUDA_R_32F;
    private static final int BFLOATS = cudaDataType.CUDA_R_16BF;

    private RawDriver driver;
    private CUstream stream;
    private final cublasHandle handle = new cublasHandle();

    @BeforeEach
    void open() {
        driver = new RawDriver();
        stream = driver.stream();
        ok(JCublas2.cublasCreate(handle));
        ok(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)));
    }

    @AfterEach
    void close() {
        JCublas2.cublasDestroy(handle);
        driver.close();
    }

    private CUdeviceptr upload(float... values) {
        CUdeviceptr pointer = driver.alloc(values.length);
        ok(JCudaDriver.cuMemcpyHtoD(pointer, Pointer.to(values), 4L * values.length));
        return pointer;
    }

    /** C [2,2] = op(A)·op(B) over a depth of 3, column-major. */
    private int multiply(
            int opA, int opB, CUdeviceptr a, int lda, CUdeviceptr b, int ldb, int type, int compute, CUdeviceptr c) {
        Pointer one = Pointer.to(new float[] {1});
        Pointer zero = Pointer.to(new float[] {0});
        return JCublas2.cublasGemmEx_new(
                handle, opA, opB, 2, 2, 3, one, a, type, lda, b, type, ldb, zero, c, FLOATS, 2, compute, -1);
    }

    private float[] product(int opA, int opB, CUdeviceptr a, int lda, CUdeviceptr b, int ldb, int type, int compute) {
        CUdeviceptr c = driver.alloc(4);
        ok(multiply(opA, opB, a, lda, b, ldb, type, compute, c));
        return driver.read(stream, c, 4);
    }

    @Test
    void multipliesEveryTransposition() {
        CUdeviceptr a = upload(1, 2, 3, 4, 5, 6);
        CUdeviceptr b = upload(1, 0, 2, 0, 1, 1);
        CUdeviceptr aTransposed = upload(1, 3, 5, 2, 4, 6);
        CUdeviceptr bTransposed = upload(1, 0, 0, 1, 2, 1);
        float[] expected = {11, 14, 8, 10};
        int compute = cublasComputeType.CUBLAS_COMPUTE_32F;
        assertArrayEquals(expected, product(0, 0, a, 2, b, 3, FLOATS, compute));
        assertArrayEquals(expected, product(1, 0, aTransposed, 3, b, 3, FLOATS, compute));
        assertArrayEquals(expected, product(0, 1, a, 2, bTransposed, 2, FLOATS, compute));
        assertArrayEquals(expected, product(1, 1, aTransposed, 3, bTransposed, 2, FLOATS, compute));
    }

    @Test
    void roundsFactorsToTf32WhereAsked() {
        float fine = 1 + 0x1p-12f;
        CUdeviceptr a = upload(fine, fine, 0, 0, 0, 0);
        CUdeviceptr b = upload(1, 0, 0, 1, 0, 0);
        assertEquals(fine, product(0, 0, a, 2, b, 3, FLOATS, cublasComputeType.CUBLAS_COMPUTE_32F)[0]);
        assertEquals(1, product(0, 0, a, 2, b, 3, FLOATS, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32)[0]);
        ok(JCublas2.cublasSetMathMode(handle, cublasMath.CUBLAS_TF32_TENSOR_OP_MATH));
        assertEquals(1, product(0, 0, a, 2, b, 3, FLOATS, cublasComputeType.CUBLAS_COMPUTE_32F)[0]);
    }

    @Test
    void takesBfloat16Factors() {
        CUdeviceptr a = upload(packed(1, 2), packed(3, 4), packed(5, 6));
        CUdeviceptr b = upload(packed(1, 0), packed(2, 0), packed(1, 1));
        float[] expected = {11, 14, 8, 10};
        assertArrayEquals(expected, product(0, 0, a, 2, b, 3, BFLOATS, cublasComputeType.CUBLAS_COMPUTE_32F));
    }

    private static float packed(float low, float high) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(low) >>> 16 | Float.floatToRawIntBits(high));
    }

    private void refused(int expected, int status, String text) {
        assertEquals(cublasStatus.stringFor(expected), cublasStatus.stringFor(status), Cudasim::lastLine);
        assertTrue(Cudasim.lastLine().contains(text), Cudasim::lastLine);
    }

    @Test
    void refusesWrongProducts() {
        CUdeviceptr a = driver.filled(6, 1);
        CUdeviceptr b = driver.filled(6, 1);
        CUdeviceptr c = driver.filled(4, 1);
        CUdeviceptr small = driver.filled(3, 1);
        int compute = cublasComputeType.CUBLAS_COMPUTE_32F;
        int stride = multiply(0, 0, a, 1, b, 3, FLOATS, compute, c);
        refused(cublasStatus.CUBLAS_STATUS_INVALID_VALUE, stride, "leading dimension of A is 1");
        int past = multiply(0, 0, a, 2, small, 3, FLOATS, compute, c);
        refused(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED, past, "B takes 24 bytes, its memory has 12");
        int result = multiply(0, 0, a, 2, b, 3, FLOATS, compute, small);
        refused(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED, result, "C takes 16 bytes, its memory has 12");
        int overlap = multiply(0, 0, a, 2, b, 3, FLOATS, compute, a);
        refused(cublasStatus.CUBLAS_STATUS_INVALID_VALUE, overlap, "C overlaps a factor");
        int type = multiply(0, 0, a, 2, b, 3, cudaDataType.CUDA_R_16F, compute, c);
        refused(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, type, "factors of types");
        int precision = multiply(0, 0, a, 2, b, 3, FLOATS, cublasComputeType.CUBLAS_COMPUTE_64F, c);
        refused(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, precision, "compute type");
    }

    @Test
    void refusesACaptureWithoutAWorkspace() {
        CUdeviceptr a = driver.filled(6, 1);
        CUdeviceptr c = driver.filled(4, 0);
        CUdeviceptr workspace = driver.alloc(1024);
        int compute = cublasComputeType.CUBLAS_COMPUTE_32F;
        ok(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        int without = multiply(0, 0, a, 2, a, 3, FLOATS, compute, c);
        refused(cublasStatus.CUBLAS_STATUS_ALLOC_FAILED, without, "needs cublasSetWorkspace");
        ok(JCublas2.cublasSetWorkspace(handle, workspace, 4096));
        CUgraph graph = new CUgraph();
        ok(JCudaDriver.cuStreamEndCapture(stream, graph));
        ok(multiply(0, 0, a, 2, a, 3, FLOATS, compute, c));
        ok(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        ok(multiply(0, 0, a, 2, a, 3, FLOATS, compute, c));
        CUgraphExec executable = new CUgraphExec();
        ok(JCudaDriver.cuStreamEndCapture(stream, graph));
        ok(JCudaDriver.cuGraphInstantiate(executable, graph, 0));
        ok(JCudaDriver.cuGraphLaunch(executable, stream));
        assertArrayEquals(new float[] {3, 3, 3, 3}, driver.read(stream, c, 4));
        ok(JCublas2.cublasSetStream(handle, new cudaStream_t(stream)));
        ok(JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL));
        int taken = multiply(0, 0, a, 2, a, 3, FLOATS, compute, c);
        refused(cublasStatus.CUBLAS_STATUS_ALLOC_FAILED, taken, "needs cublasSetWorkspace");
    }

    /** In every mode: what cuBLAS does at a first product is its own affair. */
    @ParameterizedTest
    @ValueSource(
            ints = {
                CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_GLOBAL,
                CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED
            })
    void refusesAFirstProductInACapture(int mode) {
        CUdeviceptr a = driver.filled(6, 1);
        CUdeviceptr c = driver.filled(4, 0);
        int compute = cublasComputeType.CUBLAS_COMPUTE_32F;
        ok(JCublas2.cublasSetWorkspace(handle, driver.alloc(1024), 4096));
        ok(multiply(0, 0, a, 2, a, 3, FLOATS, compute, c));
        ok(JCudaDriver.cuStreamBeginCapture(stream, mode));
        ok(multiply(0, 0, a, 2, a, 3, FLOATS, compute, c));
        int rounded = multiply(0, 0, a, 2, a, 3, FLOATS, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32, c);
        refused(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED, rounded, "a first product of a handle in this precision");
        int end = JCudaDriver.cuStreamEndCapture(stream, new CUgraph());
        assertEquals(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, end);
    }

    @Test
    void refusesAWorkspaceOutsideOfDeviceMemory() {
        CUdeviceptr workspace = driver.alloc(1024);
        int status = JCublas2.cublasSetWorkspace(handle, workspace, 4097);
        refused(cublasStatus.CUBLAS_STATUS_INVALID_VALUE, status, "not all in device memory");
    }

    @Test
    void refusesADestroyedHandle() {
        cublasHandle other = new cublasHandle();
        ok(JCublas2.cublasCreate(other));
        ok(JCublas2.cublasDestroy(other));
        int status = JCublas2.cublasSetMathMode(other, 0);
        refused(cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED, status, "no handle");
    }

    @Test
    void saysWhichFunctionItDoesNotOffer() {
        int status = JCublas2.cublasSnrm2(handle, 1, driver.alloc(1), 1, Pointer.to(new float[1]));
        refused(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED, status, "cublasSnrm2_v2: the stand-in does not offer");
    }
}
