package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.CommandRun;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.ApiKeys;
import lstmgpu.serve.http.Visitors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask: keys, and pages in somebody's browser. */
class AccessTest {
    private static final String KEY = "first-key-of-a-test";

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        TestServer.Setup setup = new TestServer.Setup();
        setup.keys = ApiKeys.read(keys("keys", "# two\n" + KEY + "\n\n  second-key-of-a-test  \n"));
        setup.origins = List.of("https://pages.example", "http://localhost:3000");
        server = setup.start(ServedModels.text());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path keys(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer first-key-of-a-test, 200",
        "bearer second-key-of-a-test, 200",
        "Bearer first-key-of-a-tes, 401",
        "Bearer first-key-of-a-test2, 401",
        "first-key-of-a-test, 401",
        "Basic first-key-of-a-test, 401",
        "Bearer, 401",
        "Bearer # two, 401"
    })
    void onlyAKeyOpens(String header, int status) throws Exception {
        TestServer.Answer answer =
                server.get("/v1/models", "Authorization", header).is(status);
        if (status != 200) {
            assertEquals("invalid_api_key", answer.error().get("code").asText());
        }
    }

    @Test
    void whoHasNoKeyLearnsHealthOnly() throws Exception {
        server.get("/health").is(200);
        server.get("/").is(200);
        for (String path : List.of("/v1/models", "/metrics", "/nothing")) {
            server.get(path).is(401);
        }
        server.post("/v1/completions", "{}").is(401);
        server.post("/score", "{\"text\":\"" + "a".repeat(100_000) + "\"}").is(401);
    }

    private String status(String host, String more) throws IOException {
        String answer = server.raw(
                ("GET /v1/models HTTP/1.1\r\n" + host + "Authorization: Bearer " + KEY + "\r\n" + more + "\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        return answer.split(" ", 3)[1];
    }

    /** A stranger's name for this machine is what a page sends that wants to reach it. */
    @Test
    void aHostThatIsNotItsOwnIsRefused() throws IOException {
        String port = ":" + server.port() + "\r\n";
        for (String own : List.of("127.0.0.1", "localhost", "LOCALHOST", "127.8.7.6", "[::1]", "pages.example")) {
            assertEquals("200", status("Host: " + own + port, ""), own);
        }
        for (String foreign :
                List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "8.8.8.8", "x127.0.0.1")) {
            assertEquals("403", status("Host: " + foreign + port, ""), foreign);
        }
        assertFalse(status("", "").startsWith("2"));
        assertFalse(status("Host: \r\n", "").startsWith("2"));
        assertFalse(status("Host: localhost\r\nHost: evil.example\r\n", "").startsWith("2"));
    }

    @Test
    void anOriginThatIsNotItsOwnIsRefused() throws IOException {
        String host = "Host: 127.0.0.1:" + server.port() + "\r\n";
        String own = "http://127.0.0.1:" + server.port();
        for (String good : List.of(own, "https://pages.example", "http://localhost:3000", "HTTPS://pages.example")) {
            assertEquals("200", status(host, "Origin: " + good + "\r\n"), good);
        }
        for (String bad : List.of(
                "null",
                "http://127.0.0.1",
                "https://127.0.0.1:" + server.port(),
                "http://pages.example",
                "https://pages.example.evil",
                "http://localhost:3001",
                "")) {
            assertEquals("403", status(host, "Origin: " + bad + "\r\n"), bad);
        }
    }

    @Test
    void aPageOfAnAllowedOriginMayReadTheAnswer() throws Exception {
        HttpRequest.Builder asks = HttpRequest.newBuilder().method("OPTIONS", HttpRequest.BodyPublishers.noBody());
        TestServer.Answer preflight = server.send(
                asks, "/v1/completions", "Origin", "https://pages.example", "Access-Control-Request-Method", "POST");
        assertEquals(204, preflight.status());
        assertEquals("https://pages.example", preflight.header("Access-Control-Allow-Origin"));
        assertTrue(preflight.header("Access-Control-Allow-Headers").contains("Authorization"));
        TestServer.Answer page = server.get("/");
        assertEquals("", page.header("Access-Control-Allow-Origin"));
        assertTrue(page.header("Content-Security-Policy").contains("script-src 'self'"));
        assertFalse(page.header("Content-Security-Policy").contains("unsafe"));
        assertEquals("nosniff", page.header("X-Content-Type-Options"));
        assertFalse(page.response().body().matches("(?s).*<script>|.* (on\\w+|style)=.*"));
    }

    @Test
    void whereEveryAddressIsListenedAtAnAddressIsNoStrangersName() {
        Visitors everywhere = new Visitors("0.0.0.0", true, List.of());
        everywhere.check(Optional.of("192.168.1.5:8080"), Optional.empty());
        everywhere.check(Optional.of("[fe80::1]:8080"), Optional.empty());
        assertThrows(ApiError.class, () -> everywhere.check(Optional.of("evil.example:8080"), Optional.empty()));
        for (String origin : List.of("pages.example", "ftp://pages.example", "https://a.example/path", "*", "null")) {
            assertThrows(LstmGpuException.class, () -> new Visitors("localhost", false, List.of(origin)), origin);
        }
    }

    @Test
    void keysThatOthersCouldReadAreRefused() throws IOException {
        Path open =
                Files.setPosixFilePermissions(keys("open", KEY + "\n"), PosixFilePermissions.fromString("rw-r-----"));
        CommandRun.of("serve", "model", "--api-key-file", open.toString()).refuses(2, "chmod 600");
        CommandRun.of("serve", "model", "--api-key-file", folder.resolve("none").toString())
                .refuses(2, "--api-key-file");
        CommandRun.of("serve", "model", "--api-key-file", keys("short", "abc\n").toString())
                .refuses(2, "8 characters");
        CommandRun.of(
                        "serve",
                        "model",
                        "--api-key-file",
                        keys("empty", "\n# x\n").toString())
                .refuses(2, "openssl");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("keys"));
        CommandRun.of("serve", "model", "--api-key-file", link.toString()).refuses(2, "--api-key-file");
    }

    @Test
    void anAddressThatOthersReachNeedsAKeyOrAWord() throws IOException {
        String model = ServedModels.text().toString();
        CommandRun.of("serve", model, "--host", "0.0.0.0").refuses(2, "--api-key-file", "--no-api-key");
        CommandRun.of(
                        "serve",
                        model,
                        "--no-api-key",
                        "--api-key-file",
                        keys("k", KEY).toString())
                .refuses(2, "contradict");
        CommandRun.of("serve", model, "--host", "no such host").refuses(2, "--host");
        CommandRun.of("serve", model, "--port", "65536").refuses(2, "--port");
        CommandRun.of("serve", model, "--allow-origin", "*").refuses(2, "no origin");
        CommandRun.of("serve", model, model, "--port", "0", "--device", "cpu").refuses(2, "two models", "NAME=");
        CommandRun.of("serve", model + "-none", "--port", "0").refuses(3, "not there");
        CommandRun.of("serve", model, "--lanes", "0", "--device", "cpu").refuses(2, "--lanes");
        CommandRun.of("serve", model, "--port", Integer.toString(server.port()), "--device", "cpu")
                .refuses(1, "port " + server.port(), "--port");
    }
}
