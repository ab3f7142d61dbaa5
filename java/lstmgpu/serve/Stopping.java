package lstmgpu.serve;

import java.time.Duration;
import lstmgpu.serve.http.ApiError;

/** The end of the server: first nothing new is begun, then what still runs is cut off. */
final class Stopping {
    private volatile boolean begun;
    private volatile boolean cut;

    /** Nothing new from here on. */
    void begin() {
        begun = true;
    }

    boolean begun() {
        return begun;
    }

    /** What runs ends now. */
    void cut() {
        begun = true;
        cut = true;
    }

    /** @throws ApiError with status 503 if the server is about to end */
    void requireRunning() {
        if (begun) {
            throw new ApiError(ApiError.Kind.UNAVAILABLE, "stopping", null, "the server is about to end");
        }
    }

    /** A limit for a request that begins now. */
    Limit limit(Duration longest) {
        return new Limit(System.nanoTime() + longest.toNanos());
    }

    /** When a request has to end. */
    final class Limit {
        private final long end;

        private Limit(long end) {
            this.end = end;
        }

        /** Why it has to end now; null while it need not. */
        String reached() {
            return cut ? "stopping" : System.nanoTime() - end >= 0 ? "time" : null;
        }

        /** Milliseconds for which it may wait, at least 1. */
        long millis() {
            return Math.max(1, (end - System.nanoTime()) / 1_000_000);
        }
    }
}
