package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import lstmgpu.backend.ElementType;
import org.junit.jupiter.api.Test;

/** Every remainder of rows, columns and steps; what lies beside the matrices stays as it was. */
class WeightGradientTest {
    private static final int GAP = 5;
    private static final float OUTSIDE = -77;

    private final CpuMemory memory = new CpuMemory();
    private final Random random = new Random(7);

    @Test
    void sumsOverTheStepsOfAllShapes() {
        assumeTrue(WeightGradient.suits(16, 2), "this processor has no AVX-512");
        for (int m : new int[] {1, 2, 5, 6, 7, 13}) {
            for (int n : new int[] {8, 15, 16, 33, 48, 64, 71, 80, 112, 140}) {
                for (int sequences : new int[] {2, 7, 50, 64}) {
                    check(m, n, 3, sequences);
                }
            }
        }
    }

    @Test
    void stepsOfSeveralBlocks() {
        assumeTrue(WeightGradient.suits(16, 2), "this processor has no AVX-512");
        check(7, 1024, 9, 33);
        check(6, 512, 40, 8);
        check(3, 2048, 2, 64);
        check(6, 650, 7, 20);
    }

    private void check(int m, int n, int steps, int sequences) {
        int rowStride = sequences + GAP;
        long stepStride = (long) (m + 1) * rowStride;
        int columns = n + GAP;
        try (CpuBuffer a = values(Math.toIntExact(steps * stepStride));
                CpuBuffer b = values(steps * n * sequences);
                CpuBuffer panels = values(steps * WeightGradient.panels(n) * WeightGradient.PANEL * sequences);
                CpuBuffer c = values(m * columns)) {
            double[] expected = new double[m * columns];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < columns; j++) {
                    if (j >= n) {
                        c.setFloat((long) i * columns + j, OUTSIDE);
                    }
                    expected[i * columns + j] = c.getFloat((long) i * columns + j);
                    for (int t = 0; t < steps && j < n; t++) {
                        for (int sequence = 0; sequence < sequences; sequence++) {
                            expected[i * columns + j] +=
                                    (double) a.getFloat(t * stepStride + (long) i * rowStride + sequence)
                                            * b.getFloat(((long) t * n + j) * sequences + sequence);
                        }
                    }
                }
            }
            int count = steps * WeightGradient.panels(n);
            WeightGradient.fill(0, count / 2, n, sequences, b.address(0), panels.address(0));
            WeightGradient.fill(count / 2, count, n, sequences, b.address(0), panels.address(0));
            requireZeroBehind(n, steps, sequences, panels);
            WeightGradient.add(
                    m,
                    n,
                    steps,
                    sequences,
                    a.address(0),
                    rowStride,
                    stepStride,
                    panels.address(0),
                    c.address(0),
                    columns);
            String shape = "[%d,%d], %d steps of %d sequences".formatted(m, n, steps, sequences);
            for (int i = 0; i < expected.length; i++) {
                double allowed = i % columns < n ? 2e-7 * (steps * sequences + 1) : 0;
                assertEquals(expected[i], c.getFloat(i), allowed, shape + ", element " + i);
            }
        }
    }

    /** What is multiplied with columns that no matrix has. */
    private static void requireZeroBehind(int n, int steps, int sequences, CpuBuffer panels) {
        int used = n % WeightGradient.PANEL;
        long size = (long) sequences * WeightGradient.PANEL;
        for (int t = 0; t < steps && used > 0; t++) {
            long last = ((t + 1L) * WeightGradient.panels(n) - 1) * size;
            for (long i = 0; i < size; i++) {
                if (i % WeightGradient.PANEL >= used) {
                    assertEquals(0, panels.getFloat(last + i), n + " columns, step " + t);
                }
            }
        }
    }

    /** Numbers in [-1, 1). */
    private CpuBuffer values(int length) {
        CpuBuffer buffer = memory.alloc(ElementType.FLOAT32, length);
        for (int i = 0; i < length; i++) {
            buffer.setFloat(i, random.nextFloat() * 2 - 1);
        }
        return buffer;
    }
}
