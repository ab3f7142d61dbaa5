package lstmgpu.cli.report;

/** What a tensor's values look like from afar. */
public record Moments(double mean, double deviation, double largest) {
    public static Moments of(float... values) {
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
            largest = Math.max(largest, Math.abs(value));
        }
        double mean = sum / values.length;
        return new Moments(mean, Math.sqrt(Math.max(0, squares / values.length - mean * mean)), largest);
    }
}
