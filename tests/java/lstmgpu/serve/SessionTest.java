package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import lstmgpu.serve.http.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that go on from request to request, kept by the client or by the server. */
class SessionTest {
    private static final int MOST = 3;
    private static final String[] ONE = {"Authorization", "Bearer key-of-one"};
    private static final String[] TWO = {"Authorization", "Bearer key-of-two"};

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), "key-of-one\nkey-of-two\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        TestServer.Setup setup = new TestServer.Setup();
        setup.keys = ApiKeys.read(file);
        setup.limits = new ModelLimits(8, 8, 1000, 1_000_000, Duration.ofMinutes(1), MOST);
        server = setup.start(ServedModels.text(), ServedModels.otherText());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode ask(String[] key, String body) throws Exception {
        return server.post("/v1/completions", body.replace("{", "{\"model\":\"book\","), key)
                .is(200)
                .json();
    }

    private static String text(JsonNode answer) {
        return answer.at("/choices/0/text").asText();
    }

    private static int read(JsonNode answer) {
        return answer.at("/usage/prompt_tokens").asInt();
    }

    @Test
    void aTextInPartsIsTheTextAsAWhole() throws Exception {
        String whole = text(ask(ONE, "{\"prompt\":\"the cat\",\"max_tokens\":30,\"seed\":8}"));
        JsonNode first = ask(ONE, "{\"prompt\":\"the cat\",\"max_tokens\":12,\"seed\":8,\"state\":true}");
        String state = first.at("/choices/0/state").asText();
        JsonNode second = ask(ONE, "{\"state\":\"" + state + "\",\"max_tokens\":18,\"seed\":8}");
        assertEquals(whole, text(first) + text(second));
        assertEquals(0, read(second));
        assertTrue(second.at("/choices/0").has("state"));
        String kept = text(ask(ONE, "{\"session\":\"s\",\"prompt\":\"the cat\",\"max_tokens\":12,\"seed\":8}"))
                + text(ask(ONE, "{\"session\":\"s\",\"max_tokens\":18,\"seed\":8}"));
        assertEquals(whole, kept);
    }

    @Test
    void aStateCanGoOnInSeveralWaysAndTwice() throws Exception {
        String state = ask(ONE, "{\"prompt\":\"the cat\",\"max_tokens\":5,\"seed\":8,\"state\":true}")
                .at("/choices/0/state")
                .asText();
        String body = "{\"state\":\"" + state + "\",\"prompt\":\" sat\",\"max_tokens\":20,\"seed\":1,\"n\":2}";
        JsonNode once = ask(ONE, body);
        JsonNode twice = ask(ONE, body);
        assertEquals(4, read(once));
        for (int i = 0; i < 2; i++) {
            assertEquals(once.at("/choices/" + i + "/text"), twice.at("/choices/" + i + "/text"));
        }
        assertNotEquals(once.at("/choices/0/text"), once.at("/choices/1/text"));
        String damaged = state.substring(0, 40) + (state.charAt(40) == 'A' ? 'B' : 'A') + state.substring(41);
        server.post("/v1/completions", "{\"model\":\"book\",\"state\":\"" + damaged + "\"}", ONE)
                .is(400);
        JsonNode error = server.post("/v1/completions", "{\"model\":\"other\",\"state\":\"" + state + "\"}", ONE)
                .is(400)
                .error();
        assertTrue(error.get("message").asText().contains("other weights"), error.toString());
    }

    @Test
    void everyKeyHasItsOwnNamesAndTheOldestIsForgotten() throws Exception {
        assertEquals(4, read(ask(ONE, "{\"session\":\"own\",\"prompt\":\"the\",\"max_tokens\":2}")));
        assertEquals(3, read(ask(ONE, "{\"session\":\"own\",\"prompt\":\"the\",\"max_tokens\":2}")));
        assertEquals(4, read(ask(TWO, "{\"session\":\"own\",\"prompt\":\"the\",\"max_tokens\":2}")));
        for (int i = 0; i < MOST; i++) {
            ask(TWO, "{\"session\":\"more" + i + "\",\"prompt\":\"the\",\"max_tokens\":2}");
        }
        assertEquals(4, read(ask(ONE, "{\"session\":\"own\",\"prompt\":\"the\",\"max_tokens\":2}")));
        server.get("/metrics", ONE)
                .is(200)
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith("lstm_gpu_sessions "))
                .forEach(line -> assertEquals("lstm_gpu_sessions 3.0", line));
    }

    @Test
    void aSessionIsOneTextAtATimeAndAVanishedClientLeavesItWhereItWas() throws Exception {
        ask(ONE, "{\"session\":\"busy\",\"prompt\":\"the\",\"max_tokens\":2}");
        String body = "{\"model\":\"book\",\"session\":\"busy\",\"max_tokens\":1000000,\"stream\":true}";
        try (Socket socket = server.connect()) {
            String head = new String(server.request(body), StandardCharsets.UTF_8)
                    .replace("\r\nContent", "\r\nAuthorization: Bearer key-of-one\r\nContent");
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readNBytes(1000);
            JsonNode error = server.post("/v1/completions", "{\"model\":\"book\",\"session\":\"busy\"}", ONE)
                    .is(409)
                    .error();
            assertEquals("session_in_use", error.get("code").asText());
        }
        for (int tries = 0; tries < 100; tries++) {
            TestServer.Answer next = server.post(
                    "/v1/completions",
                    "{\"model\":\"book\",\"session\":\"busy\",\"prompt\":\"a\",\"max_tokens\":1}",
                    ONE);
            if (next.status() == 200) {
                assertEquals(1, read(next.json()));
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the session stays in use");
    }

    @Test
    void namesThatAreNoneAreRefused() throws Exception {
        for (String name : List.of(" ", "a".repeat(201))) {
            server.post("/v1/completions", "{\"model\":\"book\",\"session\":\"" + name + "\"}", ONE)
                    .is(400);
        }
    }
}
