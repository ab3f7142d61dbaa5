package lstmgpu.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** A request and its answer, of which exactly one is given. */
public interface Exchange {
    /** In capital letters, such as POST. */
    String method();

    /** Decoded, without the query: {@code /v1/models}. */
    String path();

    /** A header of the request. */
    Optional<String> header(String name);

    /**
     * The whole body.
     *
     * @throws ApiError with status 413 if it is longer than allowed, 408 if it does not come in time
     */
    byte[] body();

    /** The key that the client has shown, not in clear; empty where no key is needed. */
    String caller();

    /** Headers of the answer, to be set before it is given. */
    void put(String header, String value);

    /** Gives the answer. */
    void answer(int status, String contentType, byte[] body);

    /** Gives an answer in parts: server-sent events. */
    EventStream events();

    /** The body as a JSON object. */
    default JsonBody json() {
        return JsonBody.parse(body());
    }

    /** Gives a JSON object. */
    default void answer(int status, JsonNode body) {
        answer(status, "application/json", (body + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Gives an error, in the one form that all have. */
    default void answer(ApiError error, Map<String, String> headers) {
        headers.forEach(this::put);
        if (error.kind().retryAfter() > 0) {
            put("Retry-After", Integer.toString(error.kind().retryAfter()));
        }
        answer(error.kind().status(), error.body());
    }
}
