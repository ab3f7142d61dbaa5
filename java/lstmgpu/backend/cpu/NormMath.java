package lstmgpu.backend.cpu;

import lstmgpu.backend.Cell;

/** Layer normalisation (Ba, Kiros and Hinton 2016) and the parts of an LSTM around it, over one sequence's units. */
final class NormMath {
    private NormMath() {}

    /**
     * v = (v − mean(v))/√(var(v) + ε), with sums in float64.
     *
     * @return what v was multiplied with, 1/√(var(v) + ε)
     */
    static float normalise(float[] v, int n) {
        VectorMath.subtract(v, (float) (VectorMath.sum(v, 0, n) / n), n);
        float scale = (float) (1 / Math.sqrt(product(v, v, n) / n + Cell.NORM_EPSILON));
        VectorMath.scale(v, scale, n);
        return scale;
    }

    /**
     * d, the gradient by what {@link #normalise} made, becomes that by what it was given: scale·(d − mean(d) −
     * v·mean(d·v)).
     */
    static void normaliseGrad(float[] d, float[] v, float scale, int n) {
        float mean = (float) (VectorMath.sum(d, 0, n) / n);
        float along = (float) (product(d, v, n) / n);
        for (int k = 0; k < n; k++) {
            d[k] = scale * (d[k] - mean - v[k] * along);
        }
    }

    private static double product(float[] x, float[] y, int n) {
        double s0 = 0;
        double s1 = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            s0 += (double) x[i] * y[i];
            s1 += (double) x[i + 1] * y[i + 1];
        }
        return i < n ? s0 + s1 + (double) x[i] * y[i] : s0 + s1;
    }

    /** σ of i and f, tanh of g, σ of o, one behind the other. */
    static void activate(float[] gates, int units) {
        VectorMath.sigmoid(gates, 0, 2 * units);
        VectorMath.tanh(gates, 2 * units, 3 * units);
        VectorMath.sigmoid(gates, 3 * units, 4 * units);
    }

    /** c = f·c + i·g. */
    static void keep(float[] gates, float[] c, int units) {
        for (int k = 0; k < units; k++) {
            c[k] = Math.fma(gates[units + k], c[k], gates[k] * gates[2 * units + k]);
        }
    }

    /** h = o·tanh(gain·normed + shift). */
    static void show(float[] gates, float[] normed, float[] gain, float[] shift, float[] h, int units) {
        squash(normed, gain, shift, h, units);
        for (int k = 0; k < units; k++) {
            h[k] *= gates[3 * units + k];
        }
    }

    private static void squash(float[] normed, float[] gain, float[] shift, float[] out, int units) {
        for (int k = 0; k < units; k++) {
            out[k] = Math.fma(gain[k], normed[k], shift[k]);
        }
        VectorMath.tanh(out, 0, units);
    }

    /**
     * Back through {@link #show}: o becomes its pre-activation's gradient.
     *
     * @param dh where a sequence's begin at {@code at}
     * @param slopes become the gradients by the normalised c
     * @param sums to which those of gain and shift are added, from {@code sumsAt} on
     */
    static void showGrad(
            float[] gates,
            float[] normed,
            float[] gain,
            float[] shift,
            float[] dh,
            int at,
            float[] slopes,
            double[] sums,
            int sumsAt,
            int units) {
        squash(normed, gain, shift, slopes, units);
        for (int k = 0; k < units; k++) {
            float shown = slopes[k];
            float o = gates[3 * units + k];
            gates[3 * units + k] = dh[at + k] * shown * (o * (1f - o));
            slopes[k] = dh[at + k] * o * (1f - shown * shown);
        }
        for (int k = 0; k < units; k++) {
            sums[sumsAt + k] += slopes[k] * normed[k];
            sums[sumsAt + units + k] += slopes[k];
        }
        VectorMath.multiply(slopes, gain, units);
    }

    /**
     * Back through {@link #keep}: i, f and g become their pre-activations' gradients.
     *
     * @param before c before the step, where the sequence's begin at {@code at}
     * @param carried gradient of c' from the next step; becomes that of c; begins there too
     * @param dCell gradient of c' from this step
     */
    static void keepGrad(float[] gates, float[] before, float[] carried, int at, float[] dCell, int units) {
        for (int k = 0; k < units; k++) {
            float dc = dCell[k] + carried[at + k];
            float i = gates[k];
            float f = gates[units + k];
            float g = gates[2 * units + k];
            gates[k] = dc * g * (i * (1f - i));
            gates[units + k] = dc * before[at + k] * (f * (1f - f));
            gates[2 * units + k] = dc * i * (1f - g * g);
            carried[at + k] = dc * f;
        }
    }
}
