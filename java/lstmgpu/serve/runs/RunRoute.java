package lstmgpu.serve.runs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.EventStream;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/**
 * {@code GET /runs/NAME}: all that is known of a run; {@code GET /runs/NAME/events}: the same, and then what is new, as
 * it comes.
 */
public final class RunRoute implements Route {
    static final String BELOW = "/runs/";

    private static final String EVENTS = "/events";
    private static final int MOST_STREAMS = 32;
    private static final long LOOK_MILLIS = 1000;
    private static final int BEAT_EVERY = 5;
    private static final ObjectNode BEAT = JsonNodeFactory.instance.objectNode().put("type", "beat");

    private final Runs runs;
    private final BooleanSupplier stopping;
    private final Semaphore streams = new Semaphore(MOST_STREAMS);

    /** @param stopping whether the server is about to end, and with it every stream */
    public RunRoute(Runs runs, BooleanSupplier stopping) {
        this.runs = runs;
        this.stopping = stopping;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public Set<String> paths() {
        return Set.of(BELOW + "*");
    }

    @Override
    public void answer(Exchange exchange) {
        String name = exchange.path().substring(BELOW.length());
        if (!name.endsWith(EVENTS)) {
            exchange.answer(200, runs.find(name).look().since(null));
            return;
        }
        WatchedRun run = runs.find(name.substring(0, name.length() - EVENTS.length()));
        if (exchange.method().equals("HEAD")) {
            exchange.answer(200, EventStream.TYPE, new byte[0]);
            return;
        }
        if (!streams.tryAcquire()) {
            throw new ApiError(
                    ApiError.Kind.BUSY,
                    "too_many_watchers",
                    null,
                    "%d pages watch runs already; close one of them".formatted(MOST_STREAMS));
        }
        try {
            stream(run, exchange);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        } finally {
            streams.release();
        }
    }

    private void stream(WatchedRun run, Exchange exchange) throws InterruptedException {
        try (WatchedRun.Watch watch = run.watch();
                EventStream events = exchange.events()) {
            RunView told = run.look();
            events.send(told.since(null));
            int silent = 0;
            while (!stopping.getAsBoolean()) {
                RunView now = watch.await(told, LOOK_MILLIS);
                ObjectNode news = now.since(told);
                silent = news == null ? silent + 1 : 0;
                if (news != null) {
                    events.send(news);
                } else if (silent % BEAT_EVERY == 0) {
                    events.send(BEAT); // so that both sides notice when the other has gone
                }
                told = now;
            }
        }
    }
}
