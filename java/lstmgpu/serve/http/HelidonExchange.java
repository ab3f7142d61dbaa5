package lstmgpu.serve.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A request as the web server has it. */
final class HelidonExchange implements Gate.Guarded, AutoCloseable {
    private static final long ROOM_SECONDS = 5;

    private final ServerRequest request;
    private final ServerResponse response;
    private final HttpLimits limits;
    private final ClientWatch watch;
    private final Semaphore bodies;
    private String caller = "";
    private byte[] body;
    private boolean isRead;
    private boolean holdsRoom;
    private int status;

    HelidonExchange(
            ServerRequest request, ServerResponse response, HttpLimits limits, ClientWatch watch, Semaphore bodies) {
        this.request = request;
        this.response = response;
        this.limits = limits;
        this.watch = watch;
        this.bodies = bodies;
    }

    @Override
    public String method() {
        return request.prologue().method().text().toUpperCase(Locale.ROOT);
    }

    @Override
    public String path() {
        return request.path().path();
    }

    @Override
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    @Override
    public String caller() {
        return caller;
    }

    @Override
    public void setCaller(String name) {
        caller = name;
    }

    @Override
    public byte[] body() {
        if (body != null) {
            return body;
        }
        if (request.headers().contentLength().orElse(0) > limits.bodyBytes()) {
            throw tooLarge();
        }
        if (!request.content().hasEntity()) {
            body = new byte[0];
            return body;
        }
        takeRoom();
        try (ClientWatch.Wait wait = watch.begin(limits.clientTime())) {
            body = read(wait);
            isRead = true;
        }
        return body;
    }

    @Override
    public JsonBody json() {
        try {
            return JsonBody.parse(body());
        } finally {
            body = null;
            close();
        }
    }

    private byte[] read(ClientWatch.Wait wait) {
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(limits.bodyBytes() + 1);
            if (bytes.length > limits.bodyBytes()) {
                throw tooLarge();
            }
            return bytes;
        } catch (IOException | RuntimeException failure) {
            if (failure instanceof ApiError known) {
                throw known;
            }
            throw new EventStream.ClientGone(failure);
        } finally {
            if (wait.tooLong()) {
                Thread.interrupted();
            }
        }
    }

    /** Bodies that are being worked on are counted, so that many large ones do not fill the memory. */
    private void takeRoom() {
        try {
            holdsRoom = bodies.tryAcquire(ROOM_SECONDS, TimeUnit.SECONDS);
            if (holdsRoom) {
                return;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new ApiError(
                ApiError.Kind.UNAVAILABLE, "busy", null, "there is no room for another request's body at the moment");
    }

    private ApiError tooLarge() {
        return new ApiError(
                ApiError.Kind.TOO_LARGE,
                "body_too_large",
                null,
                "the body is longer than %,d bytes, the most that is taken".formatted(limits.bodyBytes()));
    }

    /** Whether the client may still be sending a body that nobody has read. */
    boolean isUnread() {
        return !isRead && request.content().hasEntity();
    }

    @Override
    public void put(String header, String value) {
        response.headers().set(HeaderNames.create(header), value);
    }

    @Override
    public void answer(int code, String contentType, byte[] bytes) {
        begin(code, contentType);
        try (ClientWatch.Wait _ = watch.begin(limits.clientTime())) {
            if (method().equals("HEAD")) {
                response.contentLength(bytes.length);
                response.send();
            } else {
                response.send(bytes);
            }
        } catch (RuntimeException failure) {
            throw new EventStream.ClientGone(failure);
        }
    }

    private void begin(int code, String contentType) {
        if (status != 0) {
            throw new IllegalStateException("an answer was given already");
        }
        status = code;
        response.status(code);
        put("Content-Type", contentType);
        if (tells(request.headers())) {
            response.headers().set(HeaderValues.CONNECTION_CLOSE);
        }
    }

    private static boolean tells(Headers headers) {
        return headers.all(HeaderNames.CONNECTION, List::of).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
    }

    /** Sends what the library keeps back until its handler has returned: the last chunk of a stream. */
    void commit() {
        if (response instanceof RoutingResponse routing) {
            routing.commit();
        }
    }

    /** Whether either side has said that nothing more is asked on this connection. The library goes on reading then. */
    boolean isLast() {
        return tells(request.headers()) || tells(response.headers());
    }

    @Override
    public EventStream events() {
        begin(200, EventStream.TYPE);
        put("X-Accel-Buffering", "no");
        return new HelidonEvents(response.outputStream(), watch, limits.clientTime());
    }

    boolean isAnswered() {
        return status != 0;
    }

    /** 0 before there is an answer. */
    int status() {
        return status;
    }

    void setStatus(int code) {
        status = code;
    }

    /** Another body may be read. */
    @Override
    public void close() {
        if (holdsRoom) {
            holdsRoom = false;
            bodies.release();
        }
    }
}
