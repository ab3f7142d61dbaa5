package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import lstmgpu.backend.ElementType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The products of the loop against float64's, with every number of vectors in a row and of rows in a tile. */
class RecurrentProductTest {
    private static final float OUTSIDE = -77;
    private static final int GAP = 3;

    /** Roundings of a float32 sum, relative to the sum of its terms' sizes. */
    private static final double TOLERANCE = 1e-6;

    private final CpuMemory memory = new CpuMemory();
    private final Random random = new Random(13);

    @BeforeEach
    void itRunsHere() {
        assumeTrue(RecurrentProduct.suits(16), "this processor or this build has no native/recurrent_product.cpp");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 15, 16, 17, 20, 21, 32, 33, 36, 37, 48, 49, 52, 53, 64, 65, 68, 69, 80, 84, 128, 130})
    void everyNumberOfRowsBesideSequences(int columns) {
        for (int rows = 1; rows <= 33; rows++) {
            check(rows, columns, 5, rows % 2 == 0);
        }
        check(3, columns, 513, false);
        check(17, columns, 513, true);
    }

    private void check(int m, int n, int k, boolean add) {
        float[] a = values(m * (k + GAP));
        float[] b = values(k * (n + GAP));
        float[] start = values(m * (n + GAP));
        try (CpuBuffer left = buffer(a);
                CpuBuffer right = buffer(b);
                CpuBuffer c = buffer(start)) {
            for (int i = 0; i < start.length; i++) {
                c.setFloat(i, i % (n + GAP) < n ? start[i] : OUTSIDE);
            }
            RecurrentProduct.multiply(
                    m, n, k, left.address(0), k + GAP, right.address(0), n + GAP, add, c.address(0), n + GAP);
            for (int i = 0; i < start.length; i++) {
                int row = i / (n + GAP);
                int column = i % (n + GAP);
                double expected = column >= n ? OUTSIDE : add ? start[i] : 0;
                double size = column < n ? Math.abs(expected) : 0;
                for (int p = 0; p < k && column < n; p++) {
                    double term = (double) a[row * (k + GAP) + p] * b[p * (n + GAP) + column];
                    expected += term;
                    size += Math.abs(term);
                }
                String place = "%d x %d x %d, row %d, column %d".formatted(m, n, k, row, column);
                assertEquals(expected, c.getFloat(i), TOLERANCE * size, place);
            }
        }
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private CpuBuffer buffer(float[] values) {
        CpuBuffer buffer = memory.alloc(ElementType.FLOAT32, values.length);
        buffer.write(values, 0, 0, values.length);
        return buffer;
    }
}
