package lstmgpu.inspect;

import lstmgpu.backend.Cell;

/** Layer normalisation (Ba, Kiros and Hinton 2016) of some numbers in float64, as it came out, and the way back. */
final class LayerNorm {
    private final double[] gain;
    private final double[] normed;
    private final double deviation;

    /** @param gain what the normalised numbers are multiplied with */
    LayerNorm(double[] values, double[] gain) {
        this.gain = gain;
        double mean = mean(values);
        this.normed = new double[values.length];
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            normed[i] = values[i] - mean;
            squares += normed[i] * normed[i];
        }
        this.deviation = Math.sqrt(squares / values.length + Cell.NORM_EPSILON);
        for (int i = 0; i < values.length; i++) {
            normed[i] /= deviation;
        }
    }

    double[] scaled() {
        double[] scaled = normed.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= gain[i];
        }
        return scaled;
    }

    /** From gradients by {@link #scaled} to those by what was normalised. */
    double[] back(double[] dScaled) {
        double[] d = dScaled.clone();
        double[] along = new double[d.length];
        for (int i = 0; i < d.length; i++) {
            d[i] *= gain[i];
            along[i] = d[i] * normed[i];
        }
        double level = mean(d);
        double slope = mean(along);
        for (int i = 0; i < d.length; i++) {
            d[i] = (d[i] - level - normed[i] * slope) / deviation;
        }
        return d;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
