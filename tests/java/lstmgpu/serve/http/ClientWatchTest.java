package lstmgpu.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientWatchTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final long PATIENCE_MILLIS = 5000;

    @Test
    void theWaitOfAConnectionThatBrokeOffIsForgotten() throws InterruptedException {
        try (ClientWatch watch = new ClientWatch();
                ClientWatch.Wait _ = watch.begin(LONG)) {
            Thread.ofVirtual().start(() -> watch.begin(LONG)).join();
            assertEquals(2, watch.count());
            long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
            while (watch.count() > 1 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertEquals(1, watch.count(), "that of this thread");
        }
    }
}
