package lstmgpu.store;

/**
 * How values are distributed: counts in {@link #BUCKETS} intervals of equal width from the smallest value to the
 * largest.
 *
 * @param limits upper ends of the intervals
 * @param counts values in each; a value at a limit counts above it, the largest in the last
 */
@SuppressWarnings("ArrayRecordComponent")
record Histogram(double min, double max, double sum, double sumOfSquares, double[] limits, double[] counts) {
    static final int BUCKETS = 30;

    /** @param values finite, at least one */
    static Histogram of(float[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double sumOfSquares = 0;
        for (float value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum += value;
            sumOfSquares += (double) value * value;
        }
        double[] limits = new double[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            limits[i] = min + (max - min) * (i + 1) / BUCKETS;
        }
        limits[BUCKETS - 1] = max;
        double[] counts = new double[BUCKETS];
        double scale = max > min ? BUCKETS / (max - min) : 0;
        for (float value : values) {
            counts[Math.min(BUCKETS - 1, (int) ((value - min) * scale))]++;
        }
        return new Histogram(min, max, sum, sumOfSquares, limits, counts);
    }
}
