package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.cli.CommandRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Completions: what {@code generate} writes at the same seed, in OpenAI's form. */
class TextCompletionTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(ServedModels.text(), ServedModels.bytes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode generated(String... flags) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("generate", ServedModels.text().toString()));
        all.addAll(List.of("--device", "cpu", "--threads", "1", "--format", "jsonl", "--logprobs"));
        all.addAll(List.of(flags));
        CommandRun run = CommandRun.of(all.toArray(String[]::new)).succeeds();
        return TestServer.JSON.readTree("[" + run.out().lines().collect(Collectors.joining(",")) + "]");
    }

    @Test
    void aTextIsWhatGenerateWritesAtTheSeed() throws Exception {
        JsonNode expected = generated("-p", "the cat", "-n", "40", "--seed", "7", "--num-samples", "3");
        JsonNode answer =
                server.complete("{\"model\":\"book\",\"prompt\":\"the cat\",\"max_tokens\":40,\"seed\":7,\"n\":3}");
        for (int i = 0; i < 3; i++) {
            assertEquals(expected.at("/" + i + "/text"), answer.at("/choices/" + i + "/text"));
            assertEquals(i, answer.at("/choices/" + i + "/index").asInt());
            assertEquals("length", answer.at("/choices/" + i + "/finish_reason").asText());
        }
        assertEquals("text_completion", answer.get("object").asText());
        assertEquals("book", answer.get("model").asText());
        assertEquals(120, answer.at("/usage/completion_tokens").asInt());
        assertEquals(
                answer.at("/usage/prompt_tokens").asInt() + 120,
                answer.at("/usage/total_tokens").asInt());
    }

    @Test
    void samplingIsThatOfGenerate() throws Exception {
        String[] flags =
                "-p the -n 40 --seed 5 --temperature 1.3 --top-k 9 --top-p 0.9 --min-p 0.01 --repeat-penalty 1.2"
                        .split(" ");
        String body =
                "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":40,\"seed\":5,\"temperature\":1.3,\"top_k\":9,"
                        + "\"top_p\":0.9,\"min_p\":0.01,\"repeat_penalty\":1.2}";
        assertEquals(generated(flags).at("/0/text"), server.complete(body).at("/choices/0/text"));
        String greedy = "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":40,\"temperature\":0}";
        assertEquals(
                generated("-p", "the", "-n", "40", "--greedy").at("/0/text"),
                server.complete(greedy).at("/choices/0/text"));
    }

    /** Sixty-four at a time, each of its own length and seed, whole and as streams. */
    @Test
    void manyAtATimeAreWhatEachIsAlone() throws Exception {
        manyAtATime(server);
    }

    /** Also those of rounded weights, which are what {@code generate --weights} writes, alone or as several samples. */
    @ParameterizedTest
    @EnumSource
    void roundedWeightsAreThoseOfGenerate(RoundedWeights form) throws Exception {
        TestServer.Setup setup = new TestServer.Setup();
        setup.weights = form;
        try (TestServer rounded = setup.start(ServedModels.text())) {
            manyAtATime(rounded);
            String[] flags = {"-p", "the cat", "-n", "60", "--seed", "7", "--num-samples", "3"};
            List<String> words = new ArrayList<>(List.of(flags));
            words.addAll(List.of("--weights", form.word()));
            JsonNode expected = generated(words.toArray(String[]::new));
            JsonNode answer = rounded.complete("{\"prompt\":\"the cat\",\"max_tokens\":60,\"seed\":7,\"n\":3}");
            for (int i = 0; i < 3; i++) {
                assertEquals(expected.at("/" + i + "/text"), answer.at("/choices/" + i + "/text"));
            }
            words.set(words.indexOf("3"), "1");
            assertEquals(
                    expected.at("/0/text"),
                    generated(words.toArray(String[]::new)).at("/0/text"));
        }
    }

    private static void manyAtATime(TestServer server) throws Exception {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            bodies.add("{\"model\":\"book\",\"prompt\":\"%s\",\"max_tokens\":%d,\"seed\":%d,\"temperature\":%s"
                    .formatted("the cat sat".substring(0, 1 + i % 11), 5 + i, i, 0.5 + i * 0.02));
        }
        List<String> alone = new ArrayList<>();
        for (String body : bodies) {
            alone.add(server.complete(body + "}").at("/choices/0/text").asText());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> asked = new ArrayList<>();
            for (String body : bodies) {
                asked.add(() -> server.stream(body + ",\"stream\":true}").stream()
                        .map(event -> event.at("/choices/0/text").asText())
                        .collect(Collectors.joining()));
            }
            List<String> together = new ArrayList<>();
            for (Future<String> text : threads.invokeAll(asked)) {
                together.add(text.get());
            }
            assertEquals(alone, together);
        }
    }

    @Test
    void aStopStringEndsATextAndIsNotInIt() throws Exception {
        String body = "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":300,\"seed\":3,\"stop\":[\"at\",\"zzz\"],"
                + "\"logprobs\":1";
        JsonNode whole = server.complete(body + "}").at("/choices/0");
        assertEquals("stop", whole.get("finish_reason").asText());
        String text = whole.get("text").asText();
        assertFalse(text.contains("at"), text);
        assertEquals(text, joined(whole.at("/logprobs/tokens")));
        assertEquals(
                generated("-p", "the", "-n", "300", "--seed", "3", "--stop", "at")
                        .at("/0/text")
                        .asText(),
                text);
        List<JsonNode> events = server.stream(body + ",\"stream\":true}");
        assertEquals(
                text,
                events.stream()
                        .map(event -> event.at("/choices/0/text").asText())
                        .collect(Collectors.joining()));
        assertEquals(
                text,
                events.stream()
                        .map(event -> joined(event.at("/choices/0/logprobs/tokens")))
                        .collect(Collectors.joining()));
        assertEquals("stop", events.getLast().at("/choices/0/finish_reason").asText());
    }

    private static String joined(JsonNode tokens) {
        StringBuilder text = new StringBuilder();
        tokens.forEach(token -> text.append(token.asText()));
        return text.toString();
    }

    @Test
    void logProbabilitiesAreThoseOfGenerate() throws Exception {
        JsonNode expected = generated("-p", "the", "-n", "20", "--seed", "4").at("/0/logprobs");
        JsonNode told = server.complete(
                        "{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":20,\"seed\":4,\"logprobs\":3}")
                .at("/choices/0/logprobs");
        assertEquals(20, told.get("tokens").size());
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    expected.get(i).asDouble(), told.at("/token_logprobs/" + i).asDouble(), 1e-5);
            JsonNode top = told.at("/top_logprobs/" + i);
            String own = told.at("/tokens/" + i).asText();
            assertEquals(told.at("/token_logprobs/" + i), top.get(own));
            assertTrue(top.size() == 3 || top.size() == 4, top.toString());
            assertEquals(3 + i, told.at("/text_offset/" + i).asInt());
            double sum = 0;
            for (JsonNode one : top) {
                sum += Math.exp(one.asDouble());
            }
            assertTrue(sum > 0 && sum < 1 + 1e-5, top.toString());
        }
    }

    @Test
    void echoBeginsWithThePromptAndTellsItsProbabilities() throws Exception {
        JsonNode choice = server.complete(
                        "{\"model\":\"book\",\"prompt\":\"the cat sat\",\"max_tokens\":0,\"echo\":true,"
                                + "\"logprobs\":0}")
                .at("/choices/0");
        assertEquals("the cat sat", choice.get("text").asText());
        assertEquals("the cat sat", joined(choice.at("/logprobs/tokens")));
        JsonNode scored = server.post("/score", "{\"model\":\"book\",\"text\":\"\\nthe cat sat\"}")
                .is(200)
                .json();
        for (int i = 0; i < 11; i++) {
            assertEquals(
                    scored.at("/tokens/" + i + "/logprob").asDouble(),
                    choice.at("/logprobs/token_logprobs/" + i).asDouble(),
                    1e-5);
            assertEquals(i, choice.at("/logprobs/text_offset/" + i).asInt());
        }
    }

    @Test
    void promptsAreTextsOrTokensOneOrMany() throws Exception {
        String rest = ",\"max_tokens\":12,\"seed\":9,\"model\":\"book\"}";
        JsonNode one = server.complete("{\"prompt\":\"the\"" + rest).at("/choices/0/text");
        JsonNode many = server.complete("{\"prompt\":[\"the\",\"cat\"]" + rest);
        assertEquals(one, many.at("/choices/0/text"));
        assertEquals(2, many.get("choices").size());
        JsonNode scored = server.post("/score", "{\"model\":\"book\",\"text\":\"\\n\\nthe\"}")
                .is(200)
                .json();
        String ids = scored.get("tokens").findValues("id").toString();
        assertEquals(one, server.complete("{\"prompt\":" + ids + rest).at("/choices/0/text"));
        JsonNode lists = server.complete("{\"prompt\":[" + ids + "," + ids + "]" + rest);
        assertEquals(one, lists.at("/choices/1/text"));
        assertEquals(
                1,
                server.complete("{\"max_tokens\":1,\"model\":\"book\"}")
                        .get("choices")
                        .size());
    }

    @Test
    void aStreamEndsWithItsUsageWhereItIsAskedFor() throws Exception {
        List<JsonNode> events =
                server.stream("{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":9,\"n\":2,\"stream\":true,"
                        + "\"stream_options\":{\"include_usage\":true}}");
        assertEquals(18, events.getLast().at("/usage/completion_tokens").asInt());
        assertEquals(0, events.getLast().get("choices").size());
        assertTrue(events.getFirst().get("usage").isNull());
        assertEquals(
                2,
                events.stream()
                        .filter(event -> !event.at("/choices/0/finish_reason").isNull()
                                && event.get("choices").size() == 1)
                        .count());
    }

    @Test
    void bytesThatAreNoCharactersAreToldAsReplacements() throws Exception {
        String body =
                "{\"model\":\"bytes\",\"prompt\":\"ä\",\"max_tokens\":60,\"seed\":1,\"temperature\":3,\"logprobs\":2";
        JsonNode whole = server.complete(body + "}").at("/choices/0");
        String streamed = server.stream(body + ",\"stream\":true}").stream()
                .map(event -> event.at("/choices/0/text").asText())
                .collect(Collectors.joining());
        assertEquals(whole.get("text").asText(), streamed);
        assertTrue(streamed.contains("\ufffd"), streamed);
        assertEquals(60, whole.at("/logprobs/tokens").size());
        assertTrue(joined(whole.at("/logprobs/tokens")).contains("bytes:\\x"));
        int behind = 0;
        for (int i = 1; i < 60; i++) {
            String token = whole.at("/logprobs/tokens/" + i).asText();
            if (!token.startsWith("bytes:")) {
                int offset = whole.at("/logprobs/text_offset/" + i).asInt() - "ä".length();
                assertTrue(streamed.startsWith(token, offset), token + " at " + offset + " of " + streamed);
                behind += whole.at("/logprobs/tokens/" + (i - 1)).asText().startsWith("bytes:") ? 1 : 0;
            }
        }
        assertTrue(behind > 0, "no character comes behind a part of one");
    }

    @Test
    void lengthIsSixteenUnlessAskedFor() throws Exception {
        assertEquals(
                16,
                server.complete("{\"model\":\"book\",\"prompt\":\"the\"}")
                        .at("/usage/completion_tokens")
                        .asInt());
        assertEquals(
                "",
                server.complete("{\"model\":\"book\",\"prompt\":\"the\",\"max_tokens\":0}")
                        .at("/choices/0/text")
                        .asText());
    }
}
