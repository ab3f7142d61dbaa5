package lstmgpu.serve.http;

import com.fasterxml.jackson.databind.JsonNode;

/** An answer of server-sent events, each a JSON object; the status is sent with the first. */
public interface EventStream extends AutoCloseable {
    /** Its Content-Type. */
    String TYPE = "text/event-stream; charset=utf-8";

    /**
     * Sends {@code data: {...}}.
     *
     * @throws ClientGone if nobody reads any more, or not fast enough
     */
    void send(JsonNode data);

    /** Sends {@code data: [DONE]}. */
    void done();

    /** Ends the answer. */
    @Override
    void close();

    /** The client has gone, or has stalled for too long; there is nobody to tell. */
    final class ClientGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        public ClientGone(Throwable cause) {
            super("the client has gone", cause, false, false);
        }
    }
}
