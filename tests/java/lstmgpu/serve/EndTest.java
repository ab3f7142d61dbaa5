package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** When there is too much to do, a request takes too long, or the server ends. */
class EndTest {
    private static final String ENDLESS = "{\"prompt\":\"the\",\"max_tokens\":100000000,\"stream\":true,\"seed\":%d}";

    private static TestServer small(Duration requestTime) {
        TestServer.Setup setup = new TestServer.Setup();
        setup.limits = new ModelLimits(2, 1, 1000, 100_000_000, requestTime, 10);
        setup.grace = Duration.ofSeconds(1);
        return setup.start(ServedModels.text());
    }

    @Test
    void whatFindsNoRoomIsToldWhenToTryAgain() throws Exception {
        try (TestServer server = small(Duration.ofMinutes(1))) {
            List<Socket> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Socket socket = server.connect();
                socket.getOutputStream().write(server.request(ENDLESS.formatted(i)));
                if (i < 2) {
                    socket.getInputStream().readNBytes(300);
                }
                running.add(socket);
            }
            for (int tries = 0; tries < 100 && server.metric("lstm_gpu_queue{model=\"book\"}") < 1; tries++) {
                Thread.sleep(20);
            }
            TestServer.Answer full =
                    server.post("/v1/completions", "{\"prompt\":\"a\"}").is(429);
            assertEquals("queue_full", full.error().get("code").asText());
            assertEquals("1", full.header("Retry-After"));
            server.post("/v1/completions", "{\"prompt\":\"a\",\"n\":4}").is(400);
            server.get("/health").is(200);
            for (Socket socket : running) {
                socket.close();
            }
            for (int tries = 0; tries < 100; tries++) {
                if (server.post("/v1/completions", "{\"prompt\":\"a\",\"n\":3}").status() == 200) {
                    return;
                }
                Thread.sleep(50);
            }
            throw new AssertionError("there is never room again");
        }
    }

    @Test
    void aRequestThatTakesTooLongEndsWithWhatItHas() throws Exception {
        try (TestServer server = small(Duration.ofMillis(500))) {
            JsonNode choice = server.complete("{\"prompt\":\"the\",\"max_tokens\":100000000}")
                    .at("/choices/0");
            assertEquals("length", choice.get("finish_reason").asText());
            assertEquals("time", choice.get("ended_by").asText());
            assertTrue(choice.get("text").asText().length() > 10);
            JsonNode last = server.stream(ENDLESS.formatted(1)).getLast().at("/choices/0");
            assertEquals("time", last.get("ended_by").asText());
        }
    }

    @Test
    void whatRunsAtTheEndIsEndedInOrderAndNothingNewIsBegun() throws Exception {
        TestServer server = small(Duration.ofMinutes(1));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                Socket open = server.connect()) {
            Callable<List<JsonNode>> stream = () -> server.stream(ENDLESS.formatted(3));
            Future<List<JsonNode>> streamed = threads.submit(stream);
            Callable<JsonNode> complete = () -> server.complete("{\"prompt\":\"the\",\"max_tokens\":100000000}");
            Future<JsonNode> whole = threads.submit(complete);
            for (int tries = 0; tries < 100 && server.metric("lstm_gpu_lanes_busy{model=\"book\"}") < 2; tries++) {
                Thread.sleep(20);
            }
            open.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: localhost\r\n".getBytes(StandardCharsets.UTF_8));
            Thread.sleep(200); // until then its connection is idle, and is closed without an answer
            long start = System.nanoTime();
            Thread end = Thread.ofPlatform().start(server.server::close);
            Thread.sleep(200);
            open.getOutputStream().write("\r\n".getBytes(StandardCharsets.UTF_8));
            open.shutdownOutput();
            String late = new String(open.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(late.startsWith("HTTP/1.1 503 ") && late.contains("Retry-After: 5"), late);
            assertEquals(
                    "stopping",
                    streamed.get().getLast().at("/choices/0/ended_by").asText());
            assertEquals("stopping", whole.get().at("/choices/0/ended_by").asText());
            end.join();
            assertTrue((System.nanoTime() - start) / 1e9 < 8);
        } finally {
            server.close();
        }
    }

    @Test
    void whatIsDoneWithinTheGraceIsWhole() throws Exception {
        TestServer.Setup setup = new TestServer.Setup();
        setup.grace = Duration.ofSeconds(30);
        TestServer server = setup.start(ServedModels.text());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<JsonNode> complete = () -> server.complete("{\"prompt\":\"the\",\"max_tokens\":16384}");
            Future<JsonNode> whole = threads.submit(complete);
            for (int tries = 0; tries < 100 && server.metric("lstm_gpu_lanes_busy{model=\"book\"}") < 1; tries++) {
                Thread.sleep(10);
            }
            server.server.close();
            assertEquals(16384, whole.get().at("/usage/completion_tokens").asInt());
        } finally {
            server.close();
        }
    }
}
