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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How the tokens of streams leave, alone and beside others. */
class StreamPaceTest {
    private static final String BODY =
            "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":%d,\"seed\":%d,\"stream\":true}";
    private static final int TOKENS = 600;

    /** Where a stream's thread has not run before all was drawn. */
    private static final int FEWEST = CompletionInbox.MOST_PIECES;

    private static TestServer start() {
        TestServer.Setup setup = new TestServer.Setup();
        setup.limits = new ModelLimits(64, 16, 1000, 10_000_000, Duration.ofMinutes(1), 10);
        setup.grace = Duration.ofMillis(300);
        return setup.start(ServedModels.text());
    }

    /** The chunks of an answer, as HTTP frames them. */
    private static List<String> chunks(TestServer server, String body) throws Exception {
        String request = new String(server.request(body), StandardCharsets.UTF_8)
                .replace("\r\nHost", "\r\nConnection: close\r\nHost");
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            List<String> chunks = new ArrayList<>();
            for (int at = answer.indexOf("\r\n\r\n") + 4; ; ) {
                int line = answer.indexOf("\r\n", at);
                int length = Integer.parseInt(answer.substring(at, line), 16);
                if (length == 0) {
                    return chunks;
                }
                chunks.add(answer.substring(line + 2, line + 2 + length));
                at = line + 2 + length + 2;
            }
        }
    }

    private static List<JsonNode> events(List<String> chunks) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : String.join("", chunks).split("\n\n")) {
            if (!line.equals("data: [DONE]")) {
                events.add(TestServer.JSON.readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }

    private static String text(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.at("/choices/0/text").asText())
                .collect(Collectors.joining());
    }

    @Test
    void besideOthersManyEventsLeaveTogether() throws Exception {
        try (TestServer server = start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> alone = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                alone.add(text(server.stream(BODY.formatted(TOKENS, i))));
            }
            List<Callable<List<String>>> asked = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String body = BODY.formatted(TOKENS, i);
                asked.add(() -> chunks(server, body));
            }
            List<Future<List<String>>> together = threads.invokeAll(asked);
            int chunks = 0;
            for (int i = 0; i < 64; i++) {
                List<JsonNode> events = events(together.get(i).get());
                chunks += together.get(i).get().size();
                assertEquals(
                        "length",
                        events.getLast().at("/choices/0/finish_reason").asText());
                assertTrue(i >= alone.size() || alone.get(i).equals(text(events)), "text " + i);
                assertEquals(TOKENS, text(events).length());
                assertTrue(events.size() >= FEWEST, events.size() + " events for " + TOKENS + " tokens");
            }
            assertTrue(chunks < 64 * TOKENS / 3, chunks + " chunks for " + 64 * TOKENS + " tokens");
        }
    }

    @Test
    void aStreamThatIsCutOffHasHadAllThatWasDrawn() throws Exception {
        try (TestServer server = start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String endless =
                    BODY.formatted(10_000_000, 5).replace("}", ",\"stream_options\":{\"include_usage\":true}}");
            List<Future<List<JsonNode>>> running = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                running.add(threads.submit(() -> server.stream(endless)));
            }
            for (int tries = 0; tries < 200 && server.metric("lstm_gpu_lanes_busy{model=\"book\"}") < 24; tries++) {
                Thread.sleep(20);
            }
            server.server.close();
            for (Future<List<JsonNode>> stream : running) {
                List<JsonNode> events = stream.get();
                JsonNode end = events.get(events.size() - 2).at("/choices/0");
                assertEquals("stopping", end.get("ended_by").asText());
                assertEquals(
                        events.getLast().at("/usage/completion_tokens").asInt(),
                        text(events).length());
            }
        }
    }
}
