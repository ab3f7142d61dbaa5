package lstmgpu.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * Why a request gets no result: a status and one sentence, in the form that OpenAI's clients read. Never carries more
 * than that to a client.
 */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int LONGEST = 1000;

    private final Kind kind;
    private final String code;
    private final String param;

    /** What went wrong, by whose fault, and whether to try again. */
    public enum Kind {
        INVALID(400, "invalid_request_error", 0),
        NO_KEY(401, "authentication_error", 0),
        FORBIDDEN(403, "permission_error", 0),
        NOT_FOUND(404, "not_found_error", 0),
        METHOD(405, "invalid_request_error", 0),
        SLOW(408, "invalid_request_error", 0),
        CONFLICT(409, "conflict_error", 0),
        TOO_LARGE(413, "invalid_request_error", 0),
        BUSY(429, "rate_limit_error", 1),
        FAULT(500, "server_error", 0),
        UNAVAILABLE(503, "unavailable_error", 5),
        TIME_OVER(504, "timeout_error", 0);

        private final int status;
        private final String type;
        private final int retryAfter;

        Kind(int status, String type, int retryAfter) {
            this.status = status;
            this.type = type;
            this.retryAfter = retryAfter;
        }

        public int status() {
            return status;
        }

        /** Seconds after which a client may try again; 0 where that is of no use. */
        public int retryAfter() {
            return retryAfter;
        }
    }

    /**
     * @param code a word for programs, or null
     * @param param the field of the request that it is about, or null
     */
    public ApiError(Kind kind, String code, String param, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.code = code;
        this.param = param;
    }

    /** Status 400 about a field of the request. */
    public static ApiError invalid(String param, String format, Object... arguments) {
        return new ApiError(Kind.INVALID, null, param, format.formatted(arguments));
    }

    public Kind kind() {
        return kind;
    }

    /** {@code {"error":{"message","type","param","code"}}}. */
    public ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        String message = String.valueOf(getMessage()).replaceAll("\\R", " ");
        body.putObject("error")
                .put("message", message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message)
                .put("type", kind.type)
                .put("param", param)
                .put("code", code == null && kind != Kind.INVALID ? kind.name().toLowerCase(Locale.ROOT) : code);
        return body;
    }
}
