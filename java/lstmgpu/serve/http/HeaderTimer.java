package lstmgpu.serve.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;

/** Ends connections whose headers come too slowly, letter by letter, which no limit on a pause notices. */
final class HeaderTimer implements Http1ConnectionListener {
    /** Of the thread of each connection, with which it goes when the headers never come to their end. */
    private static final ThreadLocal<ClientWatch.Wait> WAITING = new ThreadLocal<>();

    private static final ThreadLocal<DataReader> READING = new ThreadLocal<>();

    private final ClientWatch watch;
    private final Duration longest;

    HeaderTimer(ClientWatch watch, Duration longest) {
        this.watch = watch;
        this.longest = longest;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        WAITING.set(watch.begin(longest));
        READING.set(context.dataReader());
    }

    /**
     * Takes what this thread's client still sends and throws it away, until it ends or for so long: an end while bytes
     * are on their way could cost it the answer.
     */
    static void drain(ClientWatch watch, Duration longest) {
        try (ClientWatch.Wait _ = watch.begin(longest)) {
            DataReader reader = READING.get();
            while (true) {
                reader.skip(reader.available());
                reader.ensureAvailable();
            }
        } catch (RuntimeException ended) {
            // There is nobody to tell.
        }
    }

    @Override
    public void headers(ConnectionContext context, Headers headers) {
        ClientWatch.Wait wait = WAITING.get();
        if (wait != null) {
            WAITING.remove();
            wait.close();
        }
    }
}
