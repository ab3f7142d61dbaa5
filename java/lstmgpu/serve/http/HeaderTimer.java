package lstmgpu.serve.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Ends connections whose headers come too slowly, letter by letter, which no limit on a pause notices. */
final class HeaderTimer implements Http1ConnectionListener {
    private final ClientWatch watch;
    private final Duration longest;
    private final Map<Thread, ClientWatch.Wait> waits = new ConcurrentHashMap<>();

    HeaderTimer(ClientWatch watch, Duration longest) {
        this.watch = watch;
        this.longest = longest;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        waits.put(Thread.currentThread(), watch.begin(longest));
    }

    @Override
    public void headers(ConnectionContext context, Headers headers) {
        ClientWatch.Wait wait = waits.remove(Thread.currentThread());
        if (wait != null) {
            wait.close();
        }
    }
}
