package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row-major products through a column-major library, in both queues and every precision. */
class CublasProductsTest {
    private static final long SEED = 20;
    private static final int ROWS = 7;
    private static final int COLUMNS = 5;
    private static final int DEPTH = 3;
    private static final int ALLOC_FAILED = 3;
    private static final int EXECUTION_FAILED = 13;

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void everyTranspositionWithAndWithoutAdding(boolean transposeA, boolean transposeB) {
        Random random = new Random(SEED);
        float[] a = values(random, ROWS * DEPTH);
        float[] b = values(random, DEPTH * COLUMNS);
        float[] c = values(random, ROWS * COLUMNS);
        Product product = new Product(ROWS, COLUMNS, DEPTH, transposeA, transposeB, Precision.FP32);
        float[] expected = expected(product, a, b);
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer result = rig.floats(c);
            KernelBuffer left = rig.floats(a);
            KernelBuffer right = rig.floats(b);
            rig.device.multiply(product, left, right, true, result);
            float[] sum = rig.read(result);
            rig.device.multiply(product, left, right, false, result);
            for (int i = 0; i < c.length; i++) {
                assertEquals(expected[i] + c[i], sum[i], 1e-5, "element " + i);
            }
            assertArrayEquals(expected, rig.read(result), 1e-5f);
        }
    }

    /** Small multiples of 1/4, which every precision holds. */
    static float[] values(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextInt(-8, 9) / 4f;
        }
        return values;
    }

    static float[] expected(Product product, float[] a, float[] b) {
        float[] c = new float[product.rows() * product.columns()];
        for (int row = 0; row < product.rows(); row++) {
            for (int column = 0; column < product.columns(); column++) {
                for (int k = 0; k < product.depth(); k++) {
                    float left = product.transposeA() ? a[k * product.rows() + row] : a[row * product.depth() + k];
                    float right =
                            product.transposeB() ? b[column * product.depth() + k] : b[k * product.columns() + column];
                    c[row * product.columns() + column] += left * right;
                }
            }
        }
        return c;
    }

    @Test
    void halfSizedFactorsAndWholeSums() {
        Random random = new Random(SEED);
        float[] a = values(random, ROWS * DEPTH);
        float[] b = values(random, DEPTH * COLUMNS);
        Product product = new Product(ROWS, COLUMNS, DEPTH, false, false, Precision.BF16);
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer result = rig.device.alloc(ElementType.FLOAT32, ROWS * COLUMNS);
            rig.device.multiply(product, halves(rig, a), halves(rig, b), false, result);
            assertArrayEquals(expected(product, a, b), rig.read(result), 1e-5f);
        }
    }

    private static KernelBuffer halves(CudaRig rig, float[] values) {
        KernelBuffer buffer = rig.device.alloc(ElementType.BFLOAT16, values.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment halves = arena.allocate(ValueLayout.JAVA_SHORT, values.length);
            for (int i = 0; i < values.length; i++) {
                halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits(values[i]) >>> 16));
            }
            rig.device.upload(halves, buffer);
        }
        return buffer;
    }

    @Test
    void eachQueueHasItsOwnProducts() {
        Product product = new Product(1, 1, 1, false, false, Precision.TF32);
        for (int seed = 1; seed <= 10; seed++) {
            try (CudaRig rig = new CudaRig()) {
                Cudasim.schedule(seed);
                KernelBuffer x = rig.floats(3);
                KernelBuffer y = rig.floats(0);
                KernelBuffer z = rig.floats(0);
                rig.device.multiply(product, x, x, false, y);
                rig.device.beside();
                rig.device.multiply(product, y, x, false, z);
                rig.device.back();
                rig.device.join();
                rig.device.multiply(product, z, x, true, y);
                assertArrayEquals(new float[] {90}, rig.read(y), "order " + seed);
            }
        }
    }

    @Test
    void nothingTimesNothing() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats();
            KernelBuffer y = rig.floats(4, 4);
            rig.device.multiply(new Product(0, 2, 1, false, false, Precision.FP32), x, y, false, x);
            rig.device.multiply(new Product(2, 1, 0, false, false, Precision.FP32), x, x, true, y);
            assertArrayEquals(new float[] {4, 4}, rig.read(y));
            rig.device.multiply(new Product(2, 1, 0, false, false, Precision.FP32), x, x, false, y);
            assertArrayEquals(new float[] {0, 0}, rig.read(y));
        }
    }

    @Test
    void aFailureNamesTheProductAndTheDevice() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1);
            Product product = new Product(1, 1, 1, false, true, Precision.FP32);
            Cudasim.fail("cublasGemmEx", 1, EXECUTION_FAILED);
            LstmGpuException error = assertThrows(
                    LstmGpuException.class, () -> rig.device.multiply(product, x, x, false, rig.floats(1)));
            assertEquals(ExitCode.FAILED, error.exitCode());
            assertTrue(error.getMessage().startsWith("the product [1,1]·[1,1] in FP32 failed on "), error.getMessage());
            assertTrue(error.getMessage().contains("CUBLAS_STATUS_EXECUTION_FAILED"), error.getMessage());
            assertTrue(rig.device.info().detail().matches(".*, cuBLAS \\d+\\.\\d+\\.\\d+"), "no version");
        }
    }

    @Test
    void aLibraryThatDoesNotStartLeavesNothingBehind() {
        Cudasim.load();
        long objects = Cudasim.liveObjects();
        long allocations = Cudasim.liveAllocations();
        for (String call : new String[] {"cublasCreate_v2", "cublasSetStream_v2", "cublasSetWorkspace_v2"}) {
            for (int nth = 1; nth <= 2; nth++) {
                Cudasim.fail(call, nth, ALLOC_FAILED);
                LstmGpuException error = assertThrows(LstmGpuException.class, () -> CudaRig.open(0), call);
                assertEquals(ExitCode.MEMORY, error.exitCode(), error.getMessage());
                assertEquals(objects, Cudasim.liveObjects(), call);
                assertEquals(allocations, Cudasim.liveAllocations(), call);
                Cudasim.reset();
            }
        }
    }
}
