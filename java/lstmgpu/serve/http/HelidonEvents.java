package lstmgpu.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Server-sent events on the web server's stream. */
final class HelidonEvents implements EventStream {
    private static final byte[] BEFORE = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BEHIND = "\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.UTF_8);
    private static final int MOST_BYTES = 1 << 15;

    private final ByteArrayOutputStream added = new ByteArrayOutputStream(1024);
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
    public void add(byte[]... data) {
        added.writeBytes(BEFORE);
        for (byte[] piece : data) {
            added.writeBytes(piece);
        }
        added.writeBytes(BEHIND);
        if (added.size() >= MOST_BYTES) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (added.size() == 0) {
            return;
        }
        try (ClientWatch.Wait _ = watch.begin(longest)) {
            added.writeTo(out);
            out.flush();
        } catch (IOException | RuntimeException failure) {
            broken = true;
            throw new ClientGone(failure);
        }
        added.reset();
    }

    @Override
    public void done() {
        add(DONE);
        flush();
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
