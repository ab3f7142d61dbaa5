package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;

class RoundedWeightsTest {
    private static final int ROWS = 7;
    private static final int WIDTH = 33;

    private static Tensor matrix() {
        Random random = new Random(3);
        float[] values = new float[ROWS * WIDTH];
        for (int i = WIDTH; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, i / WIDTH - 3));
        }
        return new Tensor(List.of(ROWS, WIDTH), values);
    }

    private static float[] rounded(RoundedWeights to, Tensor matrix) {
        return Tensor.rounded(Map.of("w", matrix), to).get("w").values();
    }

    /** A row has a scale of its own, its largest value stays, and nothing moves by more than half a step. */
    @Test
    void bytesHaveAScaleForEachRow() {
        Tensor matrix = matrix();
        float[] values = rounded(RoundedWeights.INT8, matrix);
        for (int row = 0; row < ROWS; row++) {
            double largest = 0;
            for (int i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
                largest = Math.max(largest, Math.abs(matrix.values()[i]));
            }
            double step = largest / 127;
            for (int i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
                assertEquals(matrix.values()[i], values[i], step * 0.5001, "element " + i);
                assertEquals(step == 0 ? 0 : Math.rint(values[i] / step), step == 0 ? 0 : values[i] / step, 1e-4);
            }
            double kept = 0;
            for (int i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
                kept = Math.max(kept, Math.abs(values[i]));
            }
            assertEquals(largest, kept, 1e-6 * largest);
        }
    }

    /** The nearer of the two numbers of 16 bits around it, the even one where both are as near. */
    @Test
    void bfloat16IsTheNearest() {
        float[] values = matrix().values();
        values[0] = Float.intBitsToFloat(0x3F808000);
        values[1] = Float.intBitsToFloat(0x3F818000);
        float[] rounded = rounded(RoundedWeights.BF16, new Tensor(List.of(ROWS, WIDTH), values));
        assertEquals(0x3F800000, Float.floatToRawIntBits(rounded[0]));
        assertEquals(0x3F820000, Float.floatToRawIntBits(rounded[1]));
        for (int i = 2; i < values.length; i++) {
            int bits = Float.floatToRawIntBits(rounded[i]);
            assertEquals(0, bits & 0xFFFF);
            BigDecimal own = distance(values[i], rounded[i]);
            for (int other : new int[] {bits + 0x10000, bits - 0x10000}) {
                boolean number = Float.isFinite(Float.intBitsToFloat(other));
                assertTrue(!number || own.compareTo(distance(values[i], Float.intBitsToFloat(other))) <= 0);
            }
        }
    }

    private static BigDecimal distance(float a, float b) {
        return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    }

    @Test
    void biasesStayAsTheyAre() {
        Tensor bias = new Tensor(List.of(3), new float[] {0.123456f, 7, -1e-9f});
        for (RoundedWeights to : RoundedWeights.values()) {
            assertArrayEquals(
                    bias.values(),
                    Tensor.rounded(Map.of("b", bias), to).get("b").values());
        }
    }
}
