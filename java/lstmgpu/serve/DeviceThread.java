package lstmgpu.serve;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import lstmgpu.serve.http.ApiError;

/** The one thread that works with the device of a model, for one request after the other. */
final class DeviceThread implements AutoCloseable {
    private final ThreadPoolExecutor thread;

    /** @param queue requests that may wait */
    DeviceThread(int queue) {
        thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(Math.max(1, queue)),
                work -> Thread.ofPlatform().daemon().name("model").unstarted(work));
    }

    /**
     * Waits for its turn and for the result.
     *
     * @throws ApiError with status 429 if too many wait, 503 or 504 if the end comes first
     */
    <R> R call(Supplier<R> work, Stopping.Limit limit) {
        Future<R> result;
        try {
            result = thread.submit(work::get);
        } catch (RejectedExecutionException full) {
            throw new ApiError(
                    ApiError.Kind.BUSY, "queue_full", null, "too many requests wait already; try again later");
        }
        try {
            return Waiting.on(result, limit);
        } finally {
            result.cancel(false); // one that waits no more is left out; what runs on a device is not interrupted
        }
    }

    /** Requests that wait. */
    int waiting() {
        return thread.getQueue().size();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                interrupted |= !thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException hurry) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
