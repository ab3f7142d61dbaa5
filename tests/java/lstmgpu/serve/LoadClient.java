package lstmgpu.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that streams one text and does little else, because it shares the processor with the server: it counts the
 * ends of events as they come and reads only the last event, which has the number of tokens.
 */
final class LoadClient {
    private static final int PATIENCE = 60_000;
    private static final int TAIL = 1024;
    private static final Pattern TOKENS = Pattern.compile("\"completion_tokens\":(\\d+)");
    private static final String BODY = "{\"prompt\":\"%s\",\"max_tokens\":%d,\"seed\":%d,\"stream\":true,"
            + "\"stream_options\":{\"include_usage\":true}}";

    private final int port;
    private final LongAdder tokens;
    private final byte[] buffer = new byte[1 << 14];
    private final byte[] tail = new byte[TAIL];
    private int events;
    private long read;
    private boolean lineEnded;

    /** @param tokens what the client has got so far is added to it */
    LoadClient(int port, LongAdder tokens) {
        this.port = port;
        this.tokens = tokens;
    }

    /** Streams a text; returns the nanoseconds from before the connection to the first event. */
    long stream(String prompt, int maxTokens, long seed) throws IOException {
        events = 0;
        read = 0;
        lineEnded = false;
        long start = System.nanoTime();
        long first = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request(BODY.formatted(prompt, maxTokens, seed)));
            InputStream in = socket.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                take(count);
                if (first == 0 && events > 0) {
                    first = System.nanoTime() - start;
                }
            }
        }
        tokens.add(counted() - events);
        return first;
    }

    private byte[] request(String body) {
        String head = """
            POST /v1/completions HTTP/1.1\r
            Host: 127.0.0.1:%d\r
            Connection: close\r
            Content-Length: %d\r
            \r
            """;
        return (head.formatted(port, body.length()) + body).getBytes(StandardCharsets.US_ASCII);
    }

    private void take(int count) {
        int before = events;
        for (int i = 0; i < count; i++) {
            byte letter = buffer[i];
            tail[(int) (read++ % TAIL)] = letter;
            if (letter != '\n') {
                lineEnded = false;
            } else if (lineEnded) {
                events++; // an empty line, which ends an event
                lineEnded = false;
            } else {
                lineEnded = true;
            }
        }
        tokens.add(events - before);
    }

    /** The number of tokens that the server says it has sent. */
    private int counted() throws IOException {
        StringBuilder end = new StringBuilder();
        for (long i = Math.max(0, read - TAIL); i < read; i++) {
            end.append((char) tail[(int) (i % TAIL)]);
        }
        Matcher found = TOKENS.matcher(end);
        if (end.indexOf("data: [DONE]") < 0 || !found.find()) {
            throw new IOException("a stream did not end in good order: " + end);
        }
        return Integer.parseInt(found.group(1));
    }
}
