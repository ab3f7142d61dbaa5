package lstmgpu.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/** An answer of server-sent events, each a JSON object; the status is sent with the first. */
public interface EventStream extends AutoCloseable {
    /** Its Content-Type. */
    String TYPE = "text/event-stream; charset=utf-8";

    /**
     * Adds {@code data: {...}} to what is sent next; many that are not sent yet are sent now.
     *
     * @throws ClientGone if nobody reads any more, or not fast enough
     */
    default void add(JsonNode data) {
        add(data.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The same of a JSON object in UTF-8, in pieces. */
    void add(byte[]... data);

    /**
     * Sends what was added, all of it at once.
     *
     * @throws ClientGone if nobody reads any more, or not fast enough
     */
    void flush();

    /** Adds and sends. */
    default void send(JsonNode data) {
        add(data);
        flush();
    }

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
