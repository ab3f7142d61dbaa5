package lstmgpu.serve;

import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Some clients that stream one text after the other, at a server on the loopback. */
final class LoadRun {
    private static final String[] PROMPTS = {"the", "a", "then", "to the", "someone", "no", "at a", "but"};

    private final int port;
    private final int maxTokens;

    LoadRun(int port, int maxTokens) {
        this.port = port;
        this.maxTokens = maxTokens;
    }

    /**
     * What some clients saw.
     *
     * @param rate tokens a second of all clients together
     * @param p50 milliseconds from a request to its first token, the median
     * @param p95 the same, of 95 in 100 requests
     * @param requests those whose first token came in the time that was measured
     */
    record Seen(int clients, double rate, double p50, double p95, int requests) {}

    /**
     * Measures.
     *
     * @param warmUp seconds at the beginning that do not count
     * @param seconds seconds that count
     * @param pause each client waits up to so many milliseconds before each text
     */
    Seen measure(int clients, double warmUp, double seconds, int pause) throws Exception {
        LongAdder tokens = new LongAdder();
        Queue<Long> waits = new ConcurrentLinkedQueue<>();
        AtomicBoolean counts = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?>[] running = IntStream.range(0, clients)
                    .mapToObj(index -> threads.submit(() -> {
                        client(index, pause, tokens, waits, counts, over);
                        return null;
                    }))
                    .toArray(Future<?>[]::new);
            double rate;
            try {
                Thread.sleep(Math.round(warmUp * 1000));
                long before = tokens.sum();
                long start = System.nanoTime();
                counts.set(true);
                Thread.sleep(Math.round(seconds * 1000));
                rate = (tokens.sum() - before) / ((System.nanoTime() - start) / 1e9);
            } finally {
                over.set(true);
            }
            for (Future<?> client : running) {
                client.get();
            }
            long[] sorted = waits.stream().mapToLong(wait -> wait).sorted().toArray();
            return new Seen(clients, rate, share(sorted, 0.5), share(sorted, 0.95), sorted.length);
        }
    }

    private void client(
            int index, int pause, LongAdder tokens, Queue<Long> waits, AtomicBoolean counts, AtomicBoolean over)
            throws IOException, InterruptedException {
        Random random = new Random(index);
        LoadClient client = new LoadClient(port, tokens);
        for (int text = 0; !over.get(); text++) {
            if (pause > 0) {
                Thread.sleep(random.nextInt(pause));
            }
            boolean begunInTime = counts.get();
            long wait = client.stream(PROMPTS[(index + text) % PROMPTS.length], maxTokens, random.nextInt(1 << 30));
            if (begunInTime) {
                waits.add(wait);
            }
        }
    }

    /** In milliseconds; NaN where there are none. */
    private static double share(long[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    @Override
    public String toString() {
        return "texts of %d tokens after %s".formatted(maxTokens, Arrays.toString(PROMPTS));
    }
}
