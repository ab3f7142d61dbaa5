package lstmgpu.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.Product;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The products of {@code kernels/gemm.cu} in every shape that the tuning may choose. */
class OpenClProductsTest {
    private static final long SEED = 22;
    private static final int ROWS = 130;
    private static final int COLUMNS = 71;
    private static final int DEPTH = 37;

    @BeforeEach
    void require() {
        OpenClTestBackend.requirePresent();
    }

    @Test
    void everyShapeAndTranspositionGivesTheProduct() {
        Random random = new Random(SEED);
        float[] a = values(random, ROWS * DEPTH);
        float[] b = values(random, DEPTH * COLUMNS);
        float[] c = values(random, ROWS * COLUMNS);
        try (OpenClDevice device = OpenClTestBackend.device()) {
            KernelBuffer left = buffer(device, a);
            KernelBuffer right = buffer(device, b);
            for (GemmShape shape : GemmShape.ALL) {
                for (Product product : products()) {
                    KernelBuffer result = buffer(device, c);
                    device.products().multiply(shape, product, left, right, true, result);
                    float[] actual = new float[c.length];
                    device.download(result, actual);
                    require(product, a, b, c, actual, shape + " " + product);
                }
            }
        }
    }

    private static List<Product> products() {
        return Stream.of(false, true)
                .flatMap(left -> Stream.of(false, true)
                        .map(right -> new Product(ROWS, COLUMNS, DEPTH, left, right, Precision.FP32)))
                .toList();
    }

    private static void require(Product product, float[] a, float[] b, float[] c, float[] actual, String what) {
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                double sum = c[row * COLUMNS + column];
                for (int k = 0; k < DEPTH; k++) {
                    sum += (double) a[product.transposeA() ? k * ROWS + row : row * DEPTH + k]
                            * b[product.transposeB() ? column * DEPTH + k : k * COLUMNS + column];
                }
                assertEquals(sum, actual[row * COLUMNS + column], 2e-5, what);
            }
        }
    }

    private static float[] values(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static KernelBuffer buffer(OpenClDevice device, float[] values) {
        KernelBuffer buffer = device.alloc(ElementType.FLOAT32, values.length);
        device.upload(values, buffer);
        return buffer;
    }
}
