package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import lstmgpu.backend.ElementType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gradient of a gather at sizes that need one, two and three rounds of sorting, with one token in many places. */
class TokenGradientTest {
    private static final int TOKENS = 3000;
    private static final int WIDTH = 3;

    @ParameterizedTest
    @CsvSource({
        "1, FLOAT32",
        "96, FLOAT32",
        "96, BFLOAT16",
        "256, FLOAT32",
        "257, FLOAT32",
        "50000, BFLOAT16",
        "66000, FLOAT32"
    })
    void rowsOfATokenAreSummed(int vocabulary, ElementType storage) {
        try (KernelRig rig = new KernelRig();
                TokenGradient gradient = new TokenGradient(rig.backend.kernelDevice())) {
            Random random = new Random(vocabulary);
            int[] tokens = random.ints(TOKENS, 0, vocabulary).toArray();
            for (int n = 0; n < TOKENS; n += 6) {
                tokens[n] = vocabulary / 2;
            }
            float[] rows = rig.values(TOKENS * WIDTH);
            KernelBuffer given = rig.floats(rows);
            if (storage == ElementType.BFLOAT16) {
                rows = KernelRig.rounded(rows);
                given = rig.backend.weightCopies().of(given);
            }
            float[] before = rig.values(vocabulary * WIDTH);
            KernelBuffer target = rig.floats(before);
            gradient.add(given, storage, rig.integers(tokens), WIDTH, target);
            float[] sums = rig.read(target);
            assertClose(expected(before, tokens, rows), sums);
            KernelBuffer again = rig.floats(before);
            gradient.add(given, storage, rig.integers(tokens), WIDTH, again);
            assertArrayEquals(sums, rig.read(again), "the same bits");
        }
    }

    private static double[] expected(float[] before, int[] tokens, float[] rows) {
        double[] sums = new double[before.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = before[i];
        }
        for (int i = 0; i < rows.length; i++) {
            sums[tokens[i / WIDTH] * WIDTH + i % WIDTH] += rows[i];
        }
        return sums;
    }

    private static void assertClose(double[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += expected[i] * expected[i];
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(error <= 8 * 12 * Math.ulp(1f), "the gradient is off by " + error + " of its norm");
    }
}
