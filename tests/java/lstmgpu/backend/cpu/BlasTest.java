package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import lstmgpu.backend.ElementType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of every path: the recurrent loop's own, OpenBLAS, matrix times vector. */
class BlasTest {
    private static final float OUTSIDE = -77;
    private static final int GAP = 3;

    private final CpuMemory memory = new CpuMemory();
    private final Blas blas = new Blas();

    @ParameterizedTest
    @CsvSource({"NONE, 0", "NONE, 1", "FIRST, 0", "FIRST, 1", "SECOND, 0", "SECOND, 1"})
    void productsOfAllShapes(Blas.Transposed transposed, float beta) {
        for (int m : new int[] {1, 5, 6, 7, 23, 64}) {
            for (int n : new int[] {1, 7, 8, 15, 16, 18, 21, 31, 33, 40, 48, 50, 53, 63, 64, 65, 100, 128, 257}) {
                for (int k : new int[] {1, 7, 64, 513}) {
                    check(transposed, m, n, k, beta);
                }
            }
        }
        // Several pieces of a factor that is turned round, and more columns than are read as they lie.
        check(transposed, 197, 513, 37, beta);
        check(transposed, 389, 70, 530, beta);
    }

    @Test
    void notANumberIsPassedOn() {
        try (CpuBuffer a = values(64, 0);
                CpuBuffer b = values(64 * 16, 0);
                CpuBuffer c = values(16, 0)) {
            a.setFloat(63, Float.NaN);
            blas.multiply(Blas.Transposed.NONE, 1, 16, 64, a.address(0), 64, b.address(0), 16, 0, c.address(0), 16);
            for (int i = 0; i < 16; i++) {
                assertEquals(Float.NaN, c.getFloat(i), "element " + i);
            }
        }
    }

    /** Rows lie further apart than they are long, and what lies between stays as it was. */
    private void check(Blas.Transposed transposed, int m, int n, int k, float beta) {
        boolean first = transposed == Blas.Transposed.FIRST;
        boolean second = transposed == Blas.Transposed.SECOND;
        int aStride = (first ? m : k) + GAP;
        int bStride = (second ? k : n) + GAP;
        int stride = n + GAP;
        try (CpuBuffer a = values((first ? k : m) * aStride, 1);
                CpuBuffer b = values((second ? n : k) * bStride, 2);
                CpuBuffer c = values(m * stride, 3)) {
            double[] expected = new double[m * stride];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < stride; j++) {
                    if (j >= n) {
                        c.setFloat(i * stride + j, OUTSIDE);
                        expected[i * stride + j] = OUTSIDE;
                        continue;
                    }
                    double sum = beta * c.getFloat(i * stride + j);
                    for (int p = 0; p < k; p++) {
                        float factor = a.getFloat(first ? p * aStride + i : i * aStride + p);
                        sum += (double) factor * b.getFloat(second ? j * bStride + p : p * bStride + j);
                    }
                    expected[i * stride + j] = sum;
                }
            }
            long result = c.address(0);
            blas.multiply(transposed, m, n, k, a.address(0), aStride, b.address(0), bStride, beta, result, stride);
            for (int i = 0; i < expected.length; i++) {
                double allowed = expected[i] == OUTSIDE ? 0 : 4e-7 * (k + 1);
                assertEquals(
                        expected[i],
                        c.getFloat(i),
                        allowed,
                        "%s, %dx%dx%d, beta %s, element %d".formatted(transposed, m, n, k, beta, i));
            }
        }
    }

    /** Numbers in (-1, 1). */
    private CpuBuffer values(int length, int seed) {
        CpuBuffer buffer = memory.alloc(ElementType.FLOAT32, length);
        for (int i = 0; i < length; i++) {
            buffer.setFloat(i, ((i * 37 + seed * 11) % 101 - 50) / 51f);
        }
        return buffer;
    }
}
