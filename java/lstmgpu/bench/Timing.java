package lstmgpu.bench;

import java.util.Arrays;
import lstmgpu.backend.Backend;

/**
 * Repeated measurements of one thing, in milliseconds.
 *
 * @param low the fastest, high the slowest of those after warm-up
 */
public record Timing(double median, double low, double high) {
    /** Calls that let the JIT compiler, caches and worker threads settle. */
    private static final int WARM_UP_CALLS = 3;

    private static final double LONGEST_WARM_UP = 4;
    private static final int FEWEST = 5;
    private static final int MOST = 200;

    /**
     * Times {@code work}, waiting for the device after each call, for about {@code seconds} after a warm-up of up to
     * twice that.
     */
    public static Timing of(Backend backend, double seconds, Runnable work) {
        long warmUntil = System.nanoTime() + (long) (Math.min(LONGEST_WARM_UP, 2 * seconds) * 1e9);
        for (int i = 0; i < WARM_UP_CALLS || System.nanoTime() < warmUntil; i++) {
            work.run();
            backend.synchronize();
        }
        double[] milliseconds = new double[MOST];
        int count = 0;
        long until = System.nanoTime() + (long) (seconds * 1e9);
        while (count < FEWEST || count < MOST && System.nanoTime() < until) {
            long start = System.nanoTime();
            work.run();
            backend.synchronize();
            milliseconds[count++] = (System.nanoTime() - start) / 1e6;
        }
        double[] sorted = Arrays.copyOf(milliseconds, count);
        Arrays.sort(sorted);
        return new Timing(sorted[count / 2], sorted[0], sorted[count - 1]);
    }
}
