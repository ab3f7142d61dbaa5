package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When connections end, and what is the last thing on them. */
class ConnectionEndTest {
    /** Far less than the time after which an idle connection is ended anyhow. */
    private static final int PATIENCE_MILLIS = 15_000;

    private static final String BODY = "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":4,\"stream\":%s}";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(ServedModels.text().getParent());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Sends a request, and reads until the server ends the connection. */
    private static String all(String head, String body) throws IOException {
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write((head + "\r\nHost: localhost\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String post(String path, String connection, String body) throws IOException {
        String head = "POST %s HTTP/1.1\r\nConnection: %s\r\nContent-Type: application/json\r\nContent-Length: %d";
        return all(head.formatted(path, connection, body.length()), body);
    }

    private static void requireOne(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertEquals(1, answer.split("HTTP/1\\.1 ", -1).length - 1, answer);
        assertTrue(answer.toLowerCase(java.util.Locale.ROOT).contains("\nconnection: close\r\n"), answer);
    }

    @ParameterizedTest
    @CsvSource({"close", "Close", "'keep-alive, close'"})
    void whoSaysThatNothingFollowsSeesTheEnd(String connection) throws Exception {
        for (String request : new String[] {"GET /health", "HEAD /health", "GET /", "GET /v1/models"}) {
            requireOne(200, all(request + " HTTP/1.1\r\nConnection: " + connection, ""));
        }
        requireOne(404, all("GET /nowhere HTTP/1.1\r\nConnection: " + connection, ""));
        String whole = post("/v1/completions", connection, BODY.formatted(false));
        requireOne(200, whole);
        assertTrue(whole.contains("\"finish_reason\""), whole);
        String stream = post("/v1/completions", connection, BODY.formatted(true));
        requireOne(200, stream);
        assertTrue(stream.endsWith("data: [DONE]\n\n\r\n0\r\n\r\n"), stream);
        requireOne(409, post("/runs/book/resume", connection, "{}"));
    }

    /** What nobody has read is no request of its own. */
    @Test
    void aBodyThatIsTooLongIsNotTakenForTheNextRequest() throws Exception {
        String inside = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        requireOne(413, all("POST /score HTTP/1.1\r\nContent-Length: 9000000", inside + "x".repeat(1 << 21)));
    }

    @Test
    void theHeadOfARunsEventsIsNoStream() throws Exception {
        String head = all("HEAD /runs/book/events HTTP/1.1\r\nConnection: close", "");
        requireOne(200, head);
        assertTrue(head.contains("text/event-stream"), head);
        assertTrue(head.endsWith("\r\n\r\n"), head);
        assertFalse(head.contains("data: "), head);
        assertTrue(all("HEAD /runs/nobody/events HTTP/1.1\r\nConnection: close", "")
                .startsWith("HTTP/1.1 404 "));
    }

    @Test
    void aFailureIsToldInALineThatDoesNothingToATerminal() {
        String told = Server.failed("GET /x", new IllegalStateException("\u001b[2Jbad\nline\u202e"));
        assertTrue(told.startsWith("GET /x failed: ") && told.contains("bad"), told);
        assertTrue(told.chars().noneMatch(c -> c < ' ' || c == '\u202e'), told);
    }
}
