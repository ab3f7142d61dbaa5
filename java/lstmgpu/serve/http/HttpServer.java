package lstmgpu.serve.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/** The web server: it listens, gives every connection a virtual thread, and lets routes answer. */
public final class HttpServer implements AutoCloseable {
    private static final int GONE = 499;
    private static final int HEADER_BYTES = 1 << 14;
    private static final int LINE_BYTES = 1 << 13;
    private static final int BACKLOG = 256;
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Gate gate;
    private final RequestListener listener;
    private final HttpLimits limits;
    private final ClientWatch watch = new ClientWatch();
    private final Semaphore bodies;
    private final WebServer server;

    /**
     * Where and for whom.
     *
     * @param address to bind to
     * @param port 0 for any that is free
     * @param grace for requests that run when it is stopped
     */
    public record Place(InetAddress address, int port, Visitors visitors, ApiKeys keys, Duration grace) {}

    /** @throws LstmGpuException with exit code 1 if the port cannot be bound */
    public HttpServer(Place place, List<Route> routes, HttpLimits limits, RequestListener listener) {
        this.gate = new Gate(routes, place.visitors(), place.keys());
        this.listener = listener;
        this.limits = limits;
        this.bodies = new Semaphore(limits.retained());
        this.server = WebServer.builder()
                .address(place.address())
                .port(place.port())
                .backlog(BACKLOG)
                .shutdownHook(false)
                .shutdownGracePeriod(place.grace().plus(LAST_WORDS))
                .maxTcpConnections(limits.connections())
                .idleConnectionTimeout(limits.clientTime())
                .idleConnectionPeriod(Duration.ofSeconds(1))
                .connectionOptions(SocketOptions.builder()
                        .readTimeout(limits.clientTime())
                        .tcpNoDelay(true)
                        .build())
                .protocolsDiscoverServices(false)
                .featuresDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(HEADER_BYTES)
                        .maxPrologueLength(LINE_BYTES)
                        .addReceiveListener(new HeaderTimer(watch, limits.clientTime()))
                        .build())
                .directHandlers(errors())
                .addRouting(HttpRouting.builder().any(this::handle))
                .build();
        requireFree(place);
        server.start();
        if (!server.isRunning()) { // its reason is in its own log only
            close();
            throw busy(place, "it was taken meanwhile", null);
        }
    }

    /** The library would tell nobody why it cannot listen. */
    private void requireFree(Place place) {
        try (ServerSocket trial = new ServerSocket()) {
            trial.setReuseAddress(true);
            trial.bind(new InetSocketAddress(place.address(), place.port()));
        } catch (IOException failure) {
            watch.close();
            throw busy(place, IoErrors.reason(failure), failure);
        }
    }

    private static LstmGpuException busy(Place place, String reason, IOException failure) {
        return new LstmGpuException(
                ExitCode.FAILED,
                "%s port %d cannot be listened at: %s; name another one with --port, or 0 for any"
                        .formatted(place.address().getHostAddress(), place.port(), reason),
                failure);
    }

    /** What is no HTTP never reaches a route; it gets an error in the same form. */
    private static DirectHandlers errors() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, (_, event, status, headers, _) -> {
                ApiError.Kind kind = event == DirectHandler.EventType.PAYLOAD_TOO_LARGE
                        ? ApiError.Kind.TOO_LARGE
                        : event == DirectHandler.EventType.INTERNAL_ERROR ? ApiError.Kind.FAULT : ApiError.Kind.INVALID;
                headers.set(io.helidon.http.HeaderNames.CONTENT_TYPE, "application/json");
                return DirectHandler.TransportResponse.builder()
                        .status(status)
                        .headers(headers)
                        .keepAlive(false)
                        .entity(new ApiError(
                                        kind,
                                        "bad_http",
                                        null,
                                        "this is no request of HTTP/1.1 that can be read: " + status.reasonPhrase())
                                .body()
                                .toString())
                        .build();
            });
        }
        return handlers.build();
    }

    /** The port that is listened at. */
    public int port() {
        return server.port();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        long start = System.nanoTime();
        HelidonExchange exchange = new HelidonExchange(request, response, limits, watch, bodies);
        Throwable fault = null;
        try {
            gate.answer(exchange);
        } catch (ApiError error) {
            fail(exchange, error);
        } catch (EventStream.ClientGone gone) {
            exchange.setStatus(GONE);
        } catch (RuntimeException | Error failure) {
            fault = failure;
            fail(exchange, asError(failure));
        } finally {
            exchange.close();
            listener.over(gate.name(exchange), exchange, exchange.status(), (System.nanoTime() - start) / 1e9, fault);
        }
        if (exchange.status() == GONE) {
            throw new CloseConnectionException("the client has gone");
        }
        if (exchange.isLast()) {
            exchange.commit();
            if (exchange.isUnread()) {
                HeaderTimer.drain(watch, DRAIN);
            }
            throw new CloseConnectionException("it was the last request of its connection");
        }
    }

    private static void fail(HelidonExchange exchange, ApiError error) {
        try {
            if (exchange.isAnswered()) {
                exchange.setStatus(GONE); // too late to tell: the connection ends in the middle of the answer
                return;
            }
            exchange.answer(error, Gate.closing(exchange.isUnread()));
        } catch (EventStream.ClientGone gone) {
            exchange.setStatus(GONE);
        }
    }

    private static ApiError asError(Throwable failure) {
        boolean memory = failure instanceof OutOfMemoryError
                || failure instanceof LstmGpuException known && known.exitCode() == ExitCode.MEMORY;
        if (memory) {
            return new ApiError(ApiError.Kind.UNAVAILABLE, "out_of_memory", null, "there is no memory for this now");
        }
        return failure instanceof LstmGpuException known
                        && (known.exitCode() == ExitCode.DATA || known.exitCode() == ExitCode.USAGE)
                ? ApiError.invalid(null, "%s", known.getMessage().replaceAll("(?<= |^)--(?=[a-z])", ""))
                : new ApiError(
                        ApiError.Kind.FAULT, "internal_error", null, "an internal error; the server's log has it");
    }

    /** Listens no more, and waits until the requests that run are over, which somebody has to see to. */
    @Override
    public void close() {
        server.stop();
        watch.close();
    }
}
