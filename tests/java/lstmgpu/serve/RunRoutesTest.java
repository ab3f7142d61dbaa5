package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A folder of runs behind the server, and the page. */
class RunRoutesTest {
    private static final String[] JSON = {"Content-Type", "application/json"};
    private static final Path PAGE = Path.of("java", "lstmgpu", "serve", "page");

    private static TestServer server;

    @BeforeAll
    static void start() {
        ServedModels.classifier();
        ServedModels.forecaster();
        server = TestServer.of(ServedModels.text().getParent());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void runsAreListedAndTold() throws Exception {
        List<String> names = new ArrayList<>();
        server.get("/runs")
                .is(200)
                .json()
                .get("data")
                .forEach(run -> names.add(run.get("name").asText()));
        assertTrue(names.containsAll(List.of("air", "book", "pets")), names.toString());
        JsonNode told = server.get("/runs/book").is(200).json();
        assertEquals("all", told.get("type").asText());
        JsonNode run = told.get("run");
        assertEquals("completed", run.get("status").asText());
        assertEquals(40, run.get("step").asInt());
        assertEquals(40, run.get("total_steps").asInt());
        assertEquals(1, run.get("done").asDouble());
        assertFalse(run.get("can_stop").asBoolean() || run.get("can_resume").asBoolean());
        double loss = Double.NaN;
        for (JsonNode row : told.get("rows")) {
            loss = row.get(2).isNull() ? loss : row.get(2).asDouble();
        }
        assertEquals(run.get("loss").asDouble(), loss, 1e-6);
    }

    @Test
    void aModelOfTheFolderIsOpenedWhenItIsAskedFor() throws Exception {
        try (TestServer fresh = TestServer.of(ServedModels.text().getParent())) {
            assertFalse(model(fresh, "book").has("system_fingerprint"), "it is open before anybody has asked");
            assertEquals(500, model(fresh, "book").at("/generation/max_tokens").asInt());
            fresh.complete("{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":3}");
            assertTrue(model(fresh, "book").has("system_fingerprint"));
            assertFalse(model(fresh, "pets").has("system_fingerprint"));
            assertEquals("classification", model(fresh, "pets").get("task").asText());
            assertFalse(model(fresh, "pets").has("generation"));
            assertEquals(0.8, model(fresh, "book").at("/generation/temperature").asDouble(), "of an open model");
        }
    }

    private static JsonNode model(TestServer server, String name) throws IOException, InterruptedException {
        for (JsonNode model : server.get("/v1/models").is(200).json().get("data")) {
            if (model.get("id").asText().equals(name)) {
                return model;
            }
        }
        throw new AssertionError(name + " is not listed");
    }

    @ParameterizedTest
    @CsvSource({
        "/runs/book/stop, application/json, 409, not_running",
        "/runs/book/resume, application/json, 409, cannot_resume",
        "/runs/nobody/stop, application/json, 404, run_not_found",
        "/runs/book/delete, application/json, 404, unknown_route",
        "/runs/book, application/json, 404, run_not_found",
        "/runs/book/stop, text/plain, 400, ",
        "/runs/book/stop, application/x-www-form-urlencoded, 400, "
    })
    void whatCannotBeDoneIsSaid(String path, String type, int status, String code) throws Exception {
        JsonNode error =
                server.post(path, "{}", "Content-Type", type).is(status).error();
        assertEquals(
                code,
                error.get("code").asText(null) == null
                        ? null
                        : error.get("code").asText());
    }

    @Test
    void aPageOfAnotherOriginStopsNothing() throws Exception {
        server.post("/runs/book/stop", "{}", "Content-Type", "application/json", "Origin", "https://elsewhere.example")
                .is(403);
        server.get("/runs/book/stop").is(404); // GET never changes anything
    }

    @Test
    void eventsBeginWithEverythingAndStayOpen() throws Exception {
        try (Socket socket = server.connect()) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /runs/book/events HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"
                            .formatted(server.port())
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> types = new ArrayList<>();
            while (types.size() < 2) {
                String line = in.readLine();
                if (line.startsWith("data: ")) {
                    types.add(TestServer.JSON
                            .readTree(line.substring(6))
                            .get("type")
                            .asText());
                }
            }
            assertEquals(List.of("all", "beat"), types);
        }
    }

    @Test
    void gatesAreThoseOfTheUnitsThatWereChosen() throws Exception {
        String text = "the cat sat";
        JsonNode told = server.post("/runs/book/gates", "{\"text\":\"%s\",\"units\":[3,5]}".formatted(text), JSON)
                .is(200)
                .json();
        assertEquals(text.length(), told.get("tokens").size());
        assertEquals(2, told.get("units").size());
        assertEquals(5, told.at("/units/1/unit").asInt());
        for (JsonNode signal : told.at("/units/0/signals")) {
            assertEquals(text.length(), signal.get("values").size());
            boolean gate = signal.get("name").asText().contains(" gate");
            signal.get("values")
                    .forEach(value -> assertTrue(
                            Math.abs(value.asDouble()) <= 1 && (!gate || value.asDouble() >= 0), signal.toString()));
        }
        assertEquals("hidden state h", told.at("/units/0/signals/5/name").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "book|{}|text",
                "book|{'text':'t'}|too short",
                "book|{'text':'the cat','units':[16]}|0 to 15",
                "book|{'text':'the cat','units':[]}|1 to 8",
                "book|{'text':'the cat','layer':1}|layer",
                "pets|{'text':'the cat'}|classification"
            })
    void gatesThatThereAreNotAreNamed(String run, String body, String named) throws Exception {
        JsonNode error = server.post("/runs/" + run + "/gates", body.replace('\'', '"'), JSON)
                .is(400)
                .error();
        assertTrue(error.get("message").asText().contains(named), error.toString());
    }

    @Test
    void historyComesBesideAForecast() throws Exception {
        JsonNode answer = server.post("/forecast", "{\"model\":\"air\",\"history\":7}", JSON)
                .is(200)
                .json();
        assertEquals(7, answer.get("history").size());
        assertTrue(answer.at("/history/6/value").isNumber());
        assertTrue(answer.at("/history/6/time")
                        .asText()
                        .compareTo(answer.at("/data/0/time").asText())
                < 0);
    }

    /** What lies beside the page is served, and nothing else is. */
    @Test
    void everyFileOfThePageIsServed() throws Exception {
        try (Stream<Path> files = Files.list(PAGE)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                TestServer.Answer answer = server.get("/" + name).is(200);
                assertEquals(Files.readString(file), answer.response().body());
                String type = answer.header("Content-Type").toLowerCase(Locale.ROOT);
                assertTrue(
                        type.contains(name.endsWith(".js") ? "javascript" : name.split("\\.")[1]), name + " " + type);
            }
        }
        assertEquals(
                server.get("/index.html").response().body(),
                server.get("/").response().body());
        server.get("/PageRoute.class").is(404);
        assertTrue(server.get("/").header("Content-Security-Policy").startsWith("default-src 'none'"));
    }
}
