package lstmgpu.backend.cpu;

/**
 * Loops over heap tiles in forms that C2 vectorises: no conditionals, no conversions beside arithmetic, few operations
 * a loop (a larger body is not unrolled and then not vectorised). Written once, used by every cell.
 */
final class VectorMath {
    private static final float TANH_LIMIT = 9f;
    private static final float EXP_LOWEST = -87f;
    private static final float LOG2_E = 1.44269504f;
    private static final float LN_2_HIGH = 0.693359375f;
    private static final float LN_2_LOW = -2.12194440e-4f;
    /** Adding and subtracting 1.5·2^23 rounds to the nearest integer. */
    private static final float ROUNDING = 12582912f;

    private VectorMath() {}

    /** The rational approximation x·p(x²)/q(x²); absolute error below 2e-7. */
    private static float tanh(float value) {
        float x = Math.min(Math.max(value, -TANH_LIMIT), TANH_LIMIT);
        float s = x * x;
        float p = Math.fma(s, -2.76076847742355e-16f, 2.00018790482477e-13f);
        p = Math.fma(s, p, -8.60467152213735e-11f);
        p = Math.fma(s, p, 5.12229709037114e-08f);
        p = Math.fma(s, p, 1.48572235717979e-05f);
        p = Math.fma(s, p, 6.37261928875436e-04f);
        p = Math.fma(s, p, 4.89352455891786e-03f);
        float q = Math.fma(s, 1.19825839466702e-06f, 1.18534705686654e-04f);
        q = Math.fma(s, q, 2.26843463243900e-03f);
        q = Math.fma(s, q, 4.89352518554385e-03f);
        return x * p / q;
    }

    /** y = tanh(x); y may be x. */
    static void tanh(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = tanh(x[i]);
        }
    }

    /** x = tanh(x) from one element to before another. */
    static void tanh(float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = tanh(x[i]);
        }
    }

    /** x = 1/(1 + e^-x) = ½ + ½·tanh(x/2), from one element to before another. */
    static void sigmoid(float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = Math.fma(0.5f, tanh(0.5f * x[i]), 0.5f);
        }
    }

    /** x = 1/(1 + e^-x) = ½ + ½·tanh(x/2). */
    static void sigmoid(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.fma(0.5f, tanh(0.5f * x[i]), 0.5f);
        }
    }

    /**
     * y = e^(x − shift) for x ≤ shift, relative error below 1e-7; below e^-87 it gives e^-87, which no float32 sum
     * beside 1 notices. Range reduction and polynomial of Cephes' expf (Moshier).
     */
    static void expOfDifference(float[] x, float shift, float[] y, int[] exponents, int n) {
        for (int i = 0; i < n; i++) {
            float v = Math.max(x[i] - shift, EXP_LOWEST);
            float k = Math.fma(v, LOG2_E, ROUNDING) - ROUNDING;
            float r = Math.fma(k, -LN_2_LOW, Math.fma(k, -LN_2_HIGH, v));
            float p = Math.fma(r, 1.9875691500e-4f, 1.3981999507e-3f);
            p = Math.fma(p, r, 8.3334519073e-3f);
            p = Math.fma(p, r, 4.1665795894e-2f);
            p = Math.fma(p, r, 1.6666665459e-1f);
            p = Math.fma(p, r, 5.0000001201e-1f);
            y[i] = Math.fma(p, r * r, r) + 1f;
        }
        for (int i = 0; i < n; i++) {
            exponents[i] = (int) (Math.fma(Math.max(x[i] - shift, EXP_LOWEST), LOG2_E, ROUNDING) - ROUNDING);
        }
        for (int i = 0; i < n; i++) {
            exponents[i] = (exponents[i] + 127) << 23;
        }
        for (int i = 0; i < n; i++) {
            y[i] *= Float.intBitsToFloat(exponents[i]);
        }
    }

    static void scale(float[] x, float factor, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= factor;
        }
    }

    /** x += y. */
    static void add(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += y[i];
        }
    }

    /** x *= y. */
    static void multiply(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] *= y[i];
        }
    }

    /** x += factor·y. */
    static void addScaled(float[] x, float factor, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += factor * y[i];
        }
    }

    /** x += factor·(y − z). */
    static void addScaledDifference(float[] x, float factor, float[] y, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += factor * (y[i] - z[i]);
        }
    }

    /** x −= value. */
    static void subtract(float[] x, float value, int n) {
        for (int i = 0; i < n; i++) {
            x[i] -= value;
        }
    }

    /** The sum in float64, in four fixed strands so that it does not wait for each addition. */
    static double sum(float[] x, int from, int to) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
        }
        for (; i < to; i++) {
            s0 += x[i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    /** Row-major [rows,columns] at {@code from} to [columns,rows] at {@code to}, in blocks that stay in the cache. */
    static void transpose(float[] from, float[] to, int rows, int columns) {
        final int block = 16;
        for (int r = 0; r < rows; r += block) {
            int rowEnd = Math.min(r + block, rows);
            for (int c = 0; c < columns; c++) {
                for (int row = r; row < rowEnd; row++) {
                    to[c * rows + row] = from[row * columns + c];
                }
            }
        }
    }
}
