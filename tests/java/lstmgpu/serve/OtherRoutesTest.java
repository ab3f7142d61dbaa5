package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lstmgpu.cli.CommandRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores, classes and forecasts are those of the commands; models, health and figures. */
class OtherRoutesTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "[a-z_]+(\\{[a-z]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\"(,[a-z]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\")*})? \\S+");

    @TempDir
    Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(ServedModels.text(), ServedModels.classifier(), ServedModels.forecaster());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode lines(CommandRun run) throws Exception {
        return TestServer.JSON.readTree("[" + run.succeeds().out().lines().collect(Collectors.joining(",")) + "]");
    }

    @Test
    void scoresAreThoseOfTheCommand() throws Exception {
        Path text = Files.writeString(folder.resolve("t.txt"), "the cat sat on a mat");
        JsonNode expected = lines(
                CommandRun.of("score", ServedModels.text().toString(), text.toString(), "--json", "--device", "cpu"));
        JsonNode answer = server.post("/score", "{\"text\":\"the cat sat on a mat\"}")
                .is(200)
                .json();
        assertEquals(expected.size(), answer.get("tokens").size());
        double sum = 0;
        for (int i = 0; i < expected.size(); i++) {
            for (String field : List.of("position", "id", "token")) {
                assertEquals(
                        expected.get(i).get(field), answer.at("/tokens/" + i).get(field));
            }
            assertEquals(
                    expected.get(i).get("logprob").asDouble(),
                    answer.at("/tokens/" + i + "/logprob").asDouble(),
                    1e-5);
            sum += expected.get(i).get("logprob").asDouble();
        }
        assertEquals(sum, answer.get("logprob").asDouble(), 1e-3);
    }

    @Test
    void classesAreThoseOfTheCommand() throws Exception {
        Path texts = Files.writeString(folder.resolve("t.txt"), "a cat purrs 3\nthe dog barks 5\nthe cat\n");
        JsonNode expected = lines(CommandRun.of(
                "classify", "predict", ServedModels.classifier().toString(), texts.toString(), "--device", "cpu"));
        JsonNode data = server.post(
                        "/classify",
                        "{\"texts\":[\"a cat purrs 3\",\"the dog barks 5\",\"the cat\"],\"model\":\"pets\"}")
                .is(200)
                .json()
                .get("data");
        assertEquals(3, data.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(i, data.get(i).get("index").asInt());
            assertEquals(expected.get(i).get("label"), data.get(i).get("label"));
            for (String label : List.of("cat", "dog")) {
                assertEquals(
                        expected.get(i).at("/probabilities/" + label).asDouble(),
                        data.get(i).at("/probabilities/" + label).asDouble(),
                        1e-5);
            }
        }
        assertEquals(
                1,
                server.post("/classify", "{\"texts\":\"a cat\"}")
                        .is(200)
                        .json()
                        .get("data")
                        .size());
    }

    @Test
    void forecastsAreThoseOfTheCommand() throws Exception {
        JsonNode expected = lines(CommandRun.of(
                "forecast", "predict", ServedModels.forecaster().toString(), "--json", "--device", "cpu"));
        requireSame(expected, server.post("/forecast", "{}").is(200).json().get("data"));
        ArrayNode rows = TestServer.JSON.createArrayNode();
        Files.readAllLines(ServedModels.table()).stream()
                .skip(1)
                .limit(80)
                .forEach(line -> rows.addObject()
                        .put("ds", line.split(",")[0])
                        .put("y", Double.parseDouble(line.split(",")[1])));
        Path table = Files.write(
                folder.resolve("t.csv"),
                Files.readAllLines(ServedModels.table()).subList(0, 81));
        JsonNode again = lines(CommandRun.of(
                "forecast",
                "predict",
                ServedModels.forecaster().toString(),
                table.toString(),
                "--json",
                "--device",
                "cpu"));
        JsonNode answer = server.post("/forecast", "{\"model\":\"air\",\"rows\":" + rows + "}")
                .is(200)
                .json();
        requireSame(again, answer.get("data"));
    }

    private static void requireSame(JsonNode expected, JsonNode data) {
        assertEquals(4, data.size());
        for (int i = 0; i < 4; i++) {
            assertEquals(expected.get(i).get("time"), data.get(i).get("time"));
            assertEquals(
                    expected.get(i).get("forecast").asDouble(),
                    data.get(i).get("forecast").asDouble(),
                    1e-4);
            assertEquals(
                    expected.get(i).get("lower").size(),
                    data.get(i).get("lower").size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/completions | {\"model\":\"air\"} | forecasts series: POST /forecast",
                "/score | {\"model\":\"pets\",\"text\":\"a\"} | tells the classes of texts: POST /classify",
                "/classify | {\"model\":\"book\",\"texts\":\"a\"} | continues texts: POST /v1/completions",
                "/forecast | {\"model\":\"book\"} | continues texts",
                "/score | {} | 'text' is missing",
                "/score | {\"text\":\"a\"} | 2 to 65,536",
                "/score | {\"text\":[1]} | must be a text",
                "/classify | {} | 'texts' must be",
                "/classify | {\"texts\":[\"a\",5]} | must be a text",
                "/classify | {\"texts\":[\"a cat\",\" \"]} | texts, line 2: the text is empty",
                "/forecast | {\"rows\":5} | must be a list",
                "/forecast | {\"rows\":[5]} | list of objects",
                "/forecast | {\"rows\":[{\"y\":1}]} | row 1 has no 'ds'",
                "/forecast | {\"rows\":[{\"ds\":\"2020-01-01\",\"y\":\"x\"}]} | rows, line 1: 'x' in column 'y' is no"
                        + " finite",
                "/forecast | {\"rows\":[{\"ds\":\"2020-02-01\",\"y\":1},{\"ds\":\"2020-01-01\",\"y\":1}]} | is before",
                "/forecast | {\"rows\":[{\"ds\":\"2020-02-01\",\"y\":1}]} | rows, line 1",
                "/forecast | {\"rows\":[{\"ds\":[],\"y\":1}]} | must be a text",
                "/forecast | {\"levels\":[0]} | between 0 and 100",
                "/forecast | {\"levels\":80} | must be a list",
                "/forecast | {\"levels\":[99.9999]} | level 99.9999",
            })
    void whatIsWrongIsSaidInASentence(String path, String body, String words) throws Exception {
        String message = server.post(path, body).is(400).error().get("message").asText();
        assertTrue(message.contains(words), message);
    }

    @Test
    void modelsAreListedWithWhatTheyDo() throws Exception {
        for (String path : List.of("/v1/models", "/models")) {
            JsonNode list = server.get(path).is(200).json();
            assertEquals("list", list.get("object").asText());
            assertEquals(List.of("book", "pets", "air"), list.get("data").findValuesAsText("id"));
            assertEquals("model", list.at("/data/0/object").asText());
            assertTrue(list.at("/data/0/created").asLong() > 1_600_000_000);
        }
        assertEquals(
                "air", server.get("/v1/models/air").is(200).json().get("id").asText());
    }

    @Test
    void figuresAreInPrometheussFormat() throws Exception {
        server.complete("{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":7}");
        server.get("/nothing").is(404);
        TestServer.Answer answer = server.get("/metrics").is(200);
        assertTrue(answer.header("Content-Type").startsWith("text/plain; version=0.0.4"));
        List<String> samples = answer.response()
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        for (String line : samples) {
            assertTrue(SAMPLE.matcher(line).matches(), line);
        }
        for (String name : List.of(
                "lstm_gpu_tokens_total{model=\"book\"}",
                "lstm_gpu_prompt_tokens_total{model=\"book\"}",
                "lstm_gpu_time_to_first_token_seconds_count{model=\"book\"}",
                "lstm_gpu_time_per_token_seconds_count{model=\"book\"}",
                "lstm_gpu_requests_total{route=\"/v1/completions\",status=\"200\"}",
                "lstm_gpu_requests_total{route=\"other\",status=\"404\"}")) {
            assertTrue(server.metric(name) >= 1, name);
        }
        assertEquals(0, server.metric("lstm_gpu_reloads_total{model=\"book\"}"));
    }

    @Test
    void headHasTheHeadersOnly() throws Exception {
        String answer = server.raw("HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("\r\n\r\n"), answer);
        assertTrue(answer.contains("Content-Length: 16"), answer);
    }
}
