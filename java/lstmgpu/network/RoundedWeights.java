package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers with fewer bits for a network's matrices, to see what they cost: every matrix (embedding, recurrent stack,
 * head) is rounded and what was rounded is computed with in float32. Biases stay as they are.
 */
public enum RoundedWeights {
    /** bfloat16, to the nearest, ties to even: 8 bits of precision. */
    BF16 {
        @Override
        void round(float[] values, int from, int to) {
            for (int i = from; i < to; i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                int rounded = bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000;
                values[i] = Float.intBitsToFloat(rounded);
            }
        }
    },

    /** Whole numbers in [−127, 127] times a scale of their row, its largest value by 127; to the nearest. */
    INT8 {
        @Override
        void round(float[] values, int from, int to) {
            float largest = 0;
            for (int i = from; i < to; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float scale = largest / LARGEST_BYTE;
            for (int i = from; i < to && scale > 0; i++) {
                values[i] = scale * Math.round(values[i] / scale);
            }
        }
    };

    private static final int LARGEST_BYTE = 127;

    /** Rounds a row, finite numbers, in place. */
    abstract void round(float[] values, int from, int to);

    /** The tensors by their names, matrices rounded row by row. */
    public Map<String, Tensor> of(Map<String, Tensor> weights) {
        Map<String, Tensor> rounded = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> rounded.put(name, tensor.shape().size() == 2 ? of(tensor) : tensor));
        return rounded;
    }

    private Tensor of(Tensor matrix) {
        float[] values = matrix.values().clone();
        int width = matrix.shape().getLast();
        for (int from = 0; from < values.length; from += width) {
            round(values, from, from + width);
        }
        return new Tensor(matrix.shape(), values);
    }
}
