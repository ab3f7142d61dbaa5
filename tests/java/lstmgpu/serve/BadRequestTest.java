package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be answered: one sentence in OpenAI's form, and the server goes on. */
class BadRequestTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(ServedModels.text());
    }

    @AfterAll
    static void stop() throws Exception {
        server.get("/health").is(200);
        assertEquals(java.util.List.of(), server.said);
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"max_tokens\":\"5\"} | max_tokens | must be a whole number from 0 to 16384, not \"5\"",
                "{\"max_tokens\":1.5} | max_tokens | whole number",
                "{\"max_tokens\":-1} | max_tokens | not -1",
                "{\"max_tokens\":99999999999999999999} | max_tokens | whole number",
                "{\"temperature\":-0.1} | temperature | must be a number from 0 to 100",
                "{\"temperature\":1e999} | temperature | must be a number from 0 to 100, not 1E+999",
                "{\"temperature\":1e400} | temperature | must be a number from 0 to 100, not 1E+400",
                "{\"temperature\":100.50} | temperature | must be a number from 0 to 100, not 100.50",
                "{\"temperature\":\"hot\"} | temperature | not \"hot\"",
                "{\"temperature\":NaN} | | no JSON",
                "{\"top_p\":1.1} | top_p | from 0 to 1",
                "{\"min_p\":[]} | min_p | not a list",
                "{\"top_k\":-2} | top_k | from -1",
                "{\"repeat_penalty\":0} | repeat_penalty | must be a number",
                "{\"n\":0} | n | from 1 to 128",
                "{\"n\":1,\"best_of\":2} | best_of | leave it out",
                "{\"logprobs\":21} | logprobs | from 0 to 20",
                "{\"logprobs\":true} | logprobs | not true",
                "{\"logprobs\":20,\"max_tokens\":16384,\"n\":8} | logprobs | 2,752,512 log-probabilities",
                "{\"echo\":1} | echo | true or false",
                "{\"stream\":\"yes\"} | stream | true or false",
                "{\"stream_options\":{}} | stream_options | true only",
                "{\"stop\":[1]} | stop | must be a text",
                "{\"stop\":\"\"} | stop | 1 to",
                "{\"stop\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\","
                        + "\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]}"
                        + " | stop | at most 16",
                "{\"seed\":1.5} | seed | whole number",
                "{\"prompt\":5} | prompt | must be a text",
                "{\"prompt\":[]} | prompt | must be a text",
                "{\"prompt\":[1,-1]} | prompt | tokens from 0",
                "{\"prompt\":[1,\"a\"]} | prompt | not \"a\"",
                "{\"prompt\":[\"a\",5]} | prompt | not 5",
                "{\"prompt\":[[1],[999]]} | prompt | not 999",
                "{\"prompt\":\"\\ud800\"} | prompt | half of a character",
                "{\"prompt\":\"QX\"} | prompt | never seen: 'Q'",
                "{\"model\":7} | model | must be a text",
                "{\"logit_bias\":{\"5\":1}} | logit_bias | is not supported",
                "{\"suffix\":\"x\"} | suffix | is not supported",
                "{\"presence_penalty\":0.5} | presence_penalty | is not supported",
                "{\"grammar\":\"root\"} | grammar | is not supported",
                "{\"session\":\"\"} | session | must be a name",
                "{\"session\":\"a\",\"n\":2} | session | leave out 'n'",
                "{\"session\":\"a\",\"state\":\"AAAA\"} | session | choose one",
                "{\"state\":\"!\"} | state | no base64",
                "{\"state\":\"AAAA\"} | state | bytes",
                "{\"state\":5} | state | must be a text",
                "{\"n\":1,\"n\":1} | | no JSON",
                "{\"n\":1} {} | | no JSON",
                "{\"n\": | | no JSON",
                "[1] | | no JSON object",
                "` ` | | no JSON object",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] | | no JSON",
            })
    void aBodyThatIsWrongIsRefusedByName(String body, String param, String words) throws Exception {
        TestServer.Answer answer = server.post("/v1/completions", body).is(400);
        JsonNode error = answer.error();
        assertTrue(error.get("message").asText().contains(words), error.toString());
        assertEquals(
                param, error.get("param").isNull() ? null : error.get("param").asText());
        assertEquals("invalid_request_error", error.get("type").asText());
        assertTrue(error.has("code"));
        assertEquals("application/json", answer.header("Content-Type"));
        assertFalse(
                answer.response().body().contains("Exception"),
                answer.response().body());
    }

    @Test
    void fieldsThatNobodyKnowsAreIgnoredAndNullIsMissing() throws Exception {
        server.complete(
                "{\"prompt\":\"the\",\"user\":\"me\",\"whatever\":[1,{}],\"n\":null,\"stop\":null,\"logit_bias\":{},"
                        + "\"suffix\":\"\",\"presence_penalty\":0,\"best_of\":1,\"logprobs\":null,\"top_p\":0}");
    }

    @Test
    void unknownPlacesAndMethodsAreNamed() throws Exception {
        assertEquals(
                "unknown_route",
                server.get("/v1/nothing").is(404).error().get("code").asText());
        TestServer.Answer method = server.get("/v1/completions").is(405);
        assertTrue(method.error().get("message").asText().contains("takes POST, not GET"));
        server.post("/v1/models", "{}").is(405);
        server.send(HttpRequest.newBuilder().DELETE(), "/v1/models").is(405);
        JsonNode model =
                server.post("/v1/completions", "{\"model\":\"gone\"}").is(404).error();
        assertEquals("model_not_found", model.get("code").asText());
        assertTrue(model.get("message").asText().contains("'book'"));
        server.get("/v1/models/gone").is(404);
        JsonNode chat =
                server.post("/v1/chat/completions", "{\"messages\":[]}").is(404).error();
        assertTrue(chat.get("message").asText().contains("/v1/completions"), chat.toString());
    }

    @Test
    void whatIsTooLongIsRefused() throws Exception {
        String letters = "a".repeat(1 << 20);
        TestServer.Answer large = server.post("/v1/completions", "{\"prompt\":\"" + letters + "\"}")
                .is(413);
        assertEquals("body_too_large", large.error().get("code").asText());
        String prompt = "{\"prompt\":\"" + letters.substring(0, 70_000) + "\"}";
        assertTrue(server.post("/v1/completions", prompt)
                .is(400)
                .error()
                .get("message")
                .asText()
                .contains("at most 65,536"));
        String sentence = "the cat sat".repeat(100);
        JsonNode many = server.post("/v1/completions", "{\"n\":128,\"prompt\":\"" + sentence + "\"}")
                .is(400)
                .error();
        assertEquals("n", many.get("param").asText());
        assertTrue(many.get("message").asText().contains("tokens together, and at most 65,536"), many.toString());
        JsonNode echoed = server.post(
                        "/v1/completions",
                        "{\"n\":50,\"echo\":true,\"logprobs\":20,\"max_tokens\":1000,\"prompt\":\"" + sentence + "\"}")
                .is(400)
                .error();
        assertTrue(echoed.get("message").asText().contains("'echo'"), echoed.toString());
        String chunked = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n"
                .formatted(server.port());
        String answer = server.raw((chunked
                        + "%x\r\n%s\r\n%x\r\n%s\r\n"
                                .formatted(600_000, "b".repeat(600_000), 600_000, "b".repeat(600_000))
                        + "0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        byte[] latin = server.request("{\"prompt\":\"?\"}");
        latin[latin.length - 3] = (byte) 0xE4;
        String answer = server.raw(latin);
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("not valid UTF-8"), answer);
    }

    /** Rubbish on connections of its own: never a stack trace, and never the end of the server. */
    @Test
    void whatIsNoHttpIsRefused() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 60; i++) {
            byte[] rubbish = i % 3 == 0 ? new byte[random.nextInt(2000)] : server.request("{\"prompt\":\"a\"}");
            if (i % 3 == 0) {
                random.nextBytes(rubbish);
            }
            for (int change = 0; change < i % 3; change++) {
                rubbish[random.nextInt(Math.min(rubbish.length, 60))] = (byte) random.nextInt();
            }
            String answer = server.raw(rubbish);
            assertFalse(answer.contains("\tat ") || answer.contains("Exception"), answer);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 "), answer);
        }
    }
}
