package lstmgpu.serve.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Server-sent events on the web server's stream. */
final class HelidonEvents implements EventStream {
    private final OutputStream out;
    private final ClientWatch watch;
    private final Duration longest;
    private boolean broken;

    HelidonEvents(OutputStream out, ClientWatch watch, Duration longest) {
        this.out = out;
        this.watch = watch;
        this.longest = longest;
    }

    @Override
    public void send(JsonNode data) {
        write("data: " + data + "\n\n");
    }

    @Override
    public void done() {
        write("data: [DONE]\n\n");
    }

    private void write(String event) {
        try (ClientWatch.Wait _ = watch.begin(longest)) {
            out.write(event.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException | RuntimeException failure) {
            broken = true;
            throw new ClientGone(failure);
        }
    }

    @Override
    public void close() {
        if (broken) {
            return;
        }
        try (ClientWatch.Wait _ = watch.begin(longest)) {
            out.close();
        } catch (IOException | RuntimeException failure) {
            throw new ClientGone(failure);
        }
    }
}
