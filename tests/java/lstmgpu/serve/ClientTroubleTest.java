package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.serve.http.HttpLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that stall, vanish or dawdle: nobody else notices, and what they held is free again. */
class ClientTroubleTest {
    private static final String LONG =
            "{\"prompt\":\"the\",\"max_tokens\":8000,\"stream\":true,\"logprobs\":20,\"n\":2,\"seed\":%d}";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private TestServer server;

    @BeforeEach
    void start() {
        TestServer.Setup setup = new TestServer.Setup();
        setup.http = new HttpLimits(1 << 16, 40, PATIENCE, 4);
        setup.limits = new ModelLimits(32, 16, 1000, 1_000_000, Duration.ofMinutes(1), 10);
        server = setup.start(ServedModels.text());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private double seconds() throws Exception {
        long start = System.nanoTime();
        server.complete("{\"prompt\":\"the\",\"max_tokens\":20}");
        return (System.nanoTime() - start) / 1e9;
    }

    private void requireAllFree() throws Exception {
        for (int tries = 0; tries < 200; tries++) {
            if (server.metric("lstm_gpu_lanes_busy{model=\"book\"}") == 0
                    && server.metric("lstm_gpu_queue{model=\"book\"}") == 0) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("lanes stay busy");
    }

    private static void requireEnd(Socket socket) throws IOException {
        socket.setSoTimeout(15_000);
        try {
            InputStream in = socket.getInputStream();
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (java.net.SocketException reset) {
            return; // ended all the same
        }
    }

    @Test
    void whoDoesNotReadIsGivenUpAndHoldsNobodyUp() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream().write(server.request(LONG.formatted(i)));
            stalled.add(socket);
        }
        Thread.sleep(300);
        for (int i = 0; i < 5; i++) {
            assertTrue(seconds() < 3, "another client waits");
        }
        requireAllFree();
        for (int tries = 0; tries < 200 && gone() < 8; tries++) {
            Thread.sleep(50);
        }
        assertEquals(8, gone());
        for (Socket socket : stalled) {
            requireEnd(socket);
            socket.close();
        }
    }

    private double gone() throws Exception {
        return server.metric("lstm_gpu_requests_total{route=\"/v1/completions\",status=\"499\"}");
    }

    @Test
    void whoVanishesLeavesItsLane() throws Exception {
        for (int i = 0; i < 16; i++) {
            try (Socket socket = server.connect()) {
                socket.getOutputStream()
                        .write(server.request(LONG.replace("8000", "45000").formatted(i)));
                if (i % 2 == 0) {
                    socket.getInputStream().readNBytes(200);
                }
                socket.setSoLinger(i % 3 == 0, 0);
            }
        }
        requireAllFree();
        assertTrue(seconds() < 3);
    }

    @Test
    void whoSendsTooSlowlyIsGivenUp() throws Exception {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n".formatted(server.port());
        List<Socket> slow = new ArrayList<>();
        List<Thread> dripping = new ArrayList<>();
        for (String beginning : List.of("", "POS", head, head + "Content-Length: 500\r\n\r\n{")) {
            Socket socket = server.connect();
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.UTF_8));
            slow.add(socket);
            if (!beginning.isEmpty()) {
                dripping.add(Thread.ofVirtual().start(() -> drip(socket)));
            }
        }
        long start = System.nanoTime();
        for (Socket socket : slow) {
            requireEnd(socket);
            socket.close();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds < 8, "given up after " + seconds);
        for (Thread thread : dripping) {
            thread.join();
        }
        assertTrue(seconds() < 3);
    }

    /** A letter now and then, so that no pause is long. */
    private static void drip(Socket socket) {
        try {
            while (true) {
                Thread.sleep(100);
                socket.getOutputStream().write('x');
            }
        } catch (IOException | InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void connectionsBeyondTheMostWaitAndAreServedLater() throws Exception {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            idle.add(server.connect());
        }
        assertTrue(seconds() < 15);
        for (Socket socket : idle) {
            socket.close();
        }
    }

    @Test
    void aConnectionServesOneRequestAfterTheOther() throws Exception {
        byte[] once = server.request("{\"prompt\":\"the\",\"max_tokens\":5,\"seed\":1}");
        byte[] twice = java.util.Arrays.copyOf(once, 2 * once.length);
        System.arraycopy(once, 0, twice, once.length, once.length);
        String answers = server.raw(twice);
        assertEquals(3, answers.split("HTTP/1.1 200 OK", -1).length, answers);
    }
}
