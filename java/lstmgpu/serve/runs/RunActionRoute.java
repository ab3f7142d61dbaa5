package lstmgpu.serve.runs;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.serve.http.Route;

/**
 * {@code POST /runs/NAME/stop}, {@code /runs/NAME/resume} and {@code /runs/NAME/gates}. They take JSON only, said in
 * the request's Content-Type, which no page of another origin can send without being asked for its origin first.
 */
public final class RunActionRoute implements Route {
    private static final String JSON = "application/json";

    private final Runs runs;
    private final BooleanSupplier stopping;
    private final Semaphore tracing = new Semaphore(1);

    /** @param stopping whether the server is about to end, so that nothing is begun */
    public RunActionRoute(Runs runs, BooleanSupplier stopping) {
        this.runs = runs;
        this.stopping = stopping;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public Set<String> paths() {
        return Set.of(RunRoute.BELOW + "*");
    }

    @Override
    public void answer(Exchange exchange) {
        if (stopping.getAsBoolean()) {
            throw new ApiError(ApiError.Kind.UNAVAILABLE, "stopping", null, "the server is about to end");
        }
        String type = exchange.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.split(";", 2)[0].strip().equals(JSON)) {
            throw ApiError.invalid(null, "send JSON, with the header Content-Type: %s", JSON);
        }
        JsonBody body = exchange.json();
        String asked = exchange.path().substring(RunRoute.BELOW.length());
        int slash = asked.lastIndexOf('/');
        WatchedRun run = runs.find(asked.substring(0, Math.max(0, slash)));
        switch (asked.substring(slash + 1)) {
            case "stop" -> run.control().stop();
            case "resume" -> run.control().resume();
            case "gates" -> {
                gates(exchange, run, body);
                return;
            }
            default ->
                throw new ApiError(
                        ApiError.Kind.NOT_FOUND, "unknown_route", null, "a run takes stop, resume and gates");
        }
        exchange.answer(200, run.look().summary());
    }

    /** One at a time, since it takes a core for a second or more. */
    private void gates(Exchange exchange, WatchedRun run, JsonBody body) {
        if (!tracing.tryAcquire()) {
            throw new ApiError(
                    ApiError.Kind.BUSY, "busy", null, "the gates of another text are being computed; try again");
        }
        try {
            exchange.answer(200, RunGates.of(run.folder(), body));
        } finally {
            tracing.release();
        }
    }
}
