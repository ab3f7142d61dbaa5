package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The products of {@code kernels/gemm.cu}, on the stand-in. */
class PortableProductsTest {
    private static final long SEED = 21;
    private static final int ROWS = 33;
    private static final int COLUMNS = 70;
    private static final int DEPTH = 19;

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void everyTranspositionWithAndWithoutAdding(boolean transposeA, boolean transposeB) {
        Random random = new Random(SEED);
        float[] a = CublasProductsTest.values(random, ROWS * DEPTH);
        float[] b = CublasProductsTest.values(random, DEPTH * COLUMNS);
        float[] c = CublasProductsTest.values(random, ROWS * COLUMNS);
        Product product = new Product(ROWS, COLUMNS, DEPTH, transposeA, transposeB, Precision.TF32);
        float[] expected = CublasProductsTest.expected(product, a, b);
        try (CudaRig rig = new CudaRig();
                PortableProducts products = new PortableProducts(rig.device)) {
            KernelBuffer result = rig.floats(c);
            KernelBuffer left = rig.floats(a);
            KernelBuffer right = rig.floats(b);
            products.multiply(product, left, right, true, result);
            float[] sum = rig.read(result);
            products.multiply(product, left, right, false, result);
            for (int i = 0; i < c.length; i++) {
                assertEquals(expected[i] + c[i], sum[i], 1e-4, "element " + i);
            }
            assertArrayEquals(expected, rig.read(result), 1e-4f);
        }
    }

    @Test
    void noDepthAndNoRows() {
        try (CudaRig rig = new CudaRig();
                PortableProducts products = new PortableProducts(rig.device)) {
            KernelBuffer x = rig.floats();
            KernelBuffer y = rig.floats(4, 4);
            products.multiply(new Product(0, 2, 1, false, false, Precision.FP32), x, y, false, x);
            products.multiply(new Product(2, 1, 0, false, false, Precision.FP32), x, x, false, y);
            assertArrayEquals(new float[] {0, 0}, rig.read(y));
        }
    }
}
