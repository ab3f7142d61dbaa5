package lstmgpu.serve.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;

/** Ends connections whose headers come too slowly, letter by letter, which no limit on a pause notices. */
final class HeaderTimer implements Http1ConnectionListener {
    /** Of the thread of each connection, with which it goes when the headers never come to their end. */
    private static final ThreadLocal<ClientWatch.Wait> WAITING = new ThreadLocal<>();

    private final ClientWatch watch;
    private final Duration longest;

    HeaderTimer(ClientWatch watch, Duration longest) {
        this.watch = watch;
        this.longest = longest;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        WAITING.set(watch.begin(longest));
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
