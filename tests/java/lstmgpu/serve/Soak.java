package lstmgpu.serve;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import lstmgpu.Printable;

/**
 * Many requests at a server on the loopback, a quarter of them from clients that vanish in the middle, do not read for
 * a while, or send rubbish. Every good one has to come back whole and as it did alone, and nothing may be left behind.
 */
final class Soak {
    private static final int PATIENCE = 60_000;
    private static final int SMALL_BUFFER = 4096;
    private static final int LONGEST_STALL = 1000;
    private static final int LONG = 4;
    private static final int TOLD = 5;

    /** Of 100: whole, vanished, stalled, rubbish. */
    private enum Kind {
        WHOLE,
        VANISHED,
        STALLED,
        RUBBISH;

        static Kind of(int percent) {
            return percent < 10 ? VANISHED : percent < 15 ? STALLED : percent < 25 ? RUBBISH : WHOLE;
        }
    }

    private final int port;
    private final ProcessCounts process;
    private final List<String> expected = new ArrayList<>();
    private final List<String> expectedLong = new ArrayList<>();
    private final Map<Kind, LongAdder> kinds = new EnumMap<>(Kind.class);
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();

    Soak(URI address, ProcessCounts process) {
        this.port = address.getPort();
        this.process = process;
        for (Kind kind : Kind.values()) {
            kinds.put(kind, new LongAdder());
        }
    }

    /**
     * Sends them; returns what there is to say.
     *
     * @throws AssertionError if a request was lost or something is left behind, in a sentence
     */
    String run(int requests, int atATime) throws Exception {
        for (int i = 0; i < SoakRequests.DISTINCT; i++) {
            expected.add(SoakRequests.texts(ask(SoakRequests.bytes(SoakRequests.body(i)), 0)));
        }
        for (int i = 0; i < LONG; i++) {
            expectedLong.add(SoakRequests.texts(ask(SoakRequests.bytes(SoakRequests.longBody(i)), 0)));
        }
        send(Math.min(requests / 4, 500), atATime, 1); // the server takes what it keeps for good
        requireRest();
        ProcessCounts.Held before = process.held();
        kinds.values().forEach(LongAdder::reset);
        long start = System.nanoTime();
        send(requests, atATime, 2);
        double seconds = (System.nanoTime() - start) / 1e9;
        requireRest();
        ProcessCounts.Held after = requireNoMoreThan(before);
        return String.format(
                Locale.ROOT,
                "%d requests, %d at a time, in %.1f s: %d whole and as they were alone, %d vanished, %d stalled and"
                        + " came whole, %d were rubbish. No lane is busy, nothing waits, /health is well.%nbefore:"
                        + " %s%nafter:  %s",
                requests,
                atATime,
                seconds,
                kinds.get(Kind.WHOLE).sum(),
                kinds.get(Kind.VANISHED).sum(),
                kinds.get(Kind.STALLED).sum(),
                kinds.get(Kind.RUBBISH).sum(),
                before,
                after);
    }

    private void send(int requests, int atATime, int seed) throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int client = 0; client < atATime; client++) {
                Random random = new Random(1000L * seed + client);
                clients.add(threads.submit(() -> {
                    while (next.getAndIncrement() < requests && lost.size() < TOLD) {
                        one(random);
                    }
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        }
        if (!lost.isEmpty()) {
            throw new AssertionError("requests were lost: " + String.join("; ", lost));
        }
    }

    private void one(Random random) {
        Kind kind = Kind.of(random.nextInt(100));
        int which = random.nextInt(SoakRequests.DISTINCT);
        try {
            switch (kind) {
                case WHOLE ->
                    require(
                            expected.get(which),
                            ask(SoakRequests.bytes(SoakRequests.body(which)), 0),
                            "request " + which);
                case STALLED ->
                    require(
                            expectedLong.get(which % LONG),
                            ask(SoakRequests.bytes(SoakRequests.longBody(which % LONG)), random.nextInt(LONGEST_STALL)),
                            "stalled request " + which % LONG);
                case VANISHED -> vanish(random);
                case RUBBISH -> rubbish(random);
            }
            kinds.get(kind).increment();
        } catch (IOException | RuntimeException failure) {
            lost.add("%s, number %d: %s".formatted(kind, which, failure));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void require(String alone, byte[] answer, String name) throws IOException {
        String texts = SoakRequests.texts(answer);
        if (!texts.equals(alone)) {
            lost.add("%s gave %s, alone %s".formatted(name, texts, alone));
        }
    }

    /** @param stall milliseconds in which nothing is read */
    private byte[] ask(byte[] request, int stall) throws IOException, InterruptedException {
        try (Socket socket = new Socket()) {
            if (stall > 0) {
                socket.setReceiveBufferSize(SMALL_BUFFER);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
            socket.setSoTimeout(PATIENCE);
            socket.getOutputStream().write(request);
            Thread.sleep(stall);
            return socket.getInputStream().readAllBytes();
        }
    }

    private void vanish(Random random) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE);
            socket.getOutputStream().write(SoakRequests.bytes(SoakRequests.longBody(100 + random.nextInt(1000))));
            InputStream in = socket.getInputStream();
            in.readNBytes(random.nextInt(10_000));
            socket.setSoLinger(random.nextBoolean(), 0);
        }
    }

    /** The server may say what is wrong, or end the connection. */
    private void rubbish(Random random) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE);
            byte[] request = SoakRequests.rubbish(random);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            String sent = new String(request, StandardCharsets.ISO_8859_1);
            // 505: bytes at random that happen to have the form of another version's request. Who goes away within the
            // headers hears from the library what it likes.
            if (sent.contains("\r\n\r\n") && answer.matches("(?s)HTTP/1.1 (5(?!05)|2).*")) {
                lost.add(Printable.line(sent) + " was answered with " + Printable.line(answer));
            }
        } catch (SocketException ended) {
            return; // before it had read everything
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        String request = "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".formatted(path);
        return new String(ask(request.getBytes(StandardCharsets.US_ASCII), 0), StandardCharsets.UTF_8);
    }

    private void requireRest() throws IOException, InterruptedException {
        String metrics = "";
        for (int tries = 0; tries < 200; tries++) {
            metrics = get("/metrics");
            if (metrics.lines().anyMatch(line -> line.matches("lstm_gpu_lanes_busy\\{.*} 0(\\.0)?"))
                    && metrics.lines().anyMatch(line -> line.matches("lstm_gpu_queue\\{.*} 0(\\.0)?"))) {
                if (!get("/health").contains("\"ok\"")) {
                    throw new AssertionError("/health is not well afterwards");
                }
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("lanes stay busy, or requests wait, when all clients have gone");
    }

    /** Connections of clients that have gone may take the server's patience with clients to be noticed. */
    private ProcessCounts.Held requireNoMoreThan(ProcessCounts.Held before) throws IOException, InterruptedException {
        ProcessCounts.Held after = process.held();
        for (int tries = 0; tries < 40 && !after.isNoMoreThan(before); tries++) {
            Thread.sleep(1000);
            after = process.held();
        }
        if (!after.isNoMoreThan(before)) {
            throw new AssertionError("the server holds more than before: %s; before: %s".formatted(after, before));
        }
        return after;
    }
}
