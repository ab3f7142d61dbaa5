package lstmgpu.serve;

/** When the tokens of one request come. */
final class TokenClock {
    private static final double NANOS = 1e9;

    private final Metrics metrics;
    private final String model;
    private final long start = System.nanoTime();
    private long first;
    private long last;
    private int count;

    TokenClock(Metrics metrics, String model) {
        this.metrics = metrics;
        this.model = model;
    }

    /** So many tokens have come. */
    void tokens(int drawn) {
        if (drawn == 0) {
            return;
        }
        last = System.nanoTime();
        if (count == 0) {
            first = last;
            metrics.firstToken(model, (first - start) / NANOS);
        }
        count += drawn;
        metrics.drawn(model, drawn);
    }

    /** No more come. */
    void end() {
        if (count > 1) {
            metrics.perToken(model, (last - first) / NANOS / (count - 1));
        }
    }
}
