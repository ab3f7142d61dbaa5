package lstmgpu.serve;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lstmgpu.serve.http.ApiError;

/** Waits for a result as long as its request may last. */
final class Waiting {
    private static final long LOOK_MILLIS = 200;

    private Waiting() {}

    /** @throws ApiError with status 503 if the server is about to end, 504 if the request has taken too long */
    static <R> R on(Future<R> result, Stopping.Limit limit) {
        try {
            while (limit.reached() == null) {
                try {
                    return result.get(Math.min(LOOK_MILLIS, limit.millis()), TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    // Looks whether it may wait on.
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException failure) {
            throw unchecked(failure.getCause());
        }
        throw "time".equals(limit.reached())
                ? new ApiError(ApiError.Kind.TIME_OVER, "time_over", null, "the request took too long")
                : new ApiError(ApiError.Kind.UNAVAILABLE, "stopping", null, "the server is about to end");
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
}
