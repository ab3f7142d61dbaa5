package lstmgpu.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HelidonEventsTest {
    private final ClientWatch watch = new ClientWatch();
    private final List<String> writes = new ArrayList<>();
    private boolean gone;

    private final HelidonEvents events = new HelidonEvents(
            new OutputStream() {
                @Override
                public void write(int one) {
                    throw new AssertionError("a byte by itself");
                }

                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    if (gone) {
                        throw new IOException("gone");
                    }
                    writes.add(new String(bytes, from, count, StandardCharsets.UTF_8));
                }
            },
            watch,
            Duration.ofMinutes(1));

    @AfterEach
    void close() {
        watch.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasAddedLeavesInOneWrite() {
        events.flush();
        events.add(bytes("{\"a\":"), bytes("1}"));
        events.add(bytes("{}"));
        assertTrue(writes.isEmpty());
        events.flush();
        events.add(bytes("{\"b\":2}"));
        events.done();
        assertEquals(List.of("data: {\"a\":1}\n\ndata: {}\n\n", "data: {\"b\":2}\n\ndata: [DONE]\n\n"), writes);
    }

    @Test
    void muchIsNotKeptBack() {
        byte[] large = bytes("{" + " ".repeat(10_000) + "}");
        for (int i = 0; i < 100; i++) {
            events.add(large);
        }
        assertTrue(writes.size() >= 20, writes.size() + " writes");
        events.flush();
        assertEquals(
                100L * (large.length + 8),
                writes.stream().mapToLong(String::length).sum());
    }

    @Test
    void aClientThatHasGoneIsNoticed() {
        gone = true;
        events.add(bytes("{}"));
        assertThrows(EventStream.ClientGone.class, events::flush);
    }
}
