package lstmgpu.backend;

import java.util.Locale;

/**
 * Numbers with fewer bits for a network's matrices: every matrix (embedding, recurrent stack, head) is rounded row by
 * row, and products are those of what was rounded with float32. Biases stay as they are.
 */
public enum RoundedWeights {
    /** bfloat16, to the nearest, ties to even: 8 bits of precision. */
    BF16 {
        @Override
        public void round(float[] values, int from, int to) {
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
        public void round(float[] values, int from, int to) {
            float scale = scale(values, from, to);
            for (int i = from; i < to && scale > 0; i++) {
                values[i] = scale * Math.round(values[i] / scale);
            }
        }
    };

    private static final int LARGEST_BYTE = 127;

    /** The name on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Rounds a row, finite numbers, in place. */
    public abstract void round(float[] values, int from, int to);

    /** Of a row of {@link #INT8}: what its whole numbers are multiplied with. */
    public static float scale(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest / LARGEST_BYTE;
    }
}
