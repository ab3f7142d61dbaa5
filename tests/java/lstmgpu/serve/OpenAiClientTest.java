package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Java works unchanged, and finds every field that it validates. */
class OpenAiClientTest {
    private static TestServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        server = TestServer.of(ServedModels.text());
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.server.address() + "/v1")
                .apiKey("none-needed")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static CompletionCreateParams.Builder asked() {
        return CompletionCreateParams.builder()
                .model("book")
                .prompt("the cat")
                .maxTokens(30)
                .seed(7);
    }

    @Test
    void itCompletes() throws Exception {
        Completion completion =
                client.completions().create(asked().n(2).logprobs(2).build());
        completion.validate();
        String expected = server.complete("{\"prompt\":\"the cat\",\"max_tokens\":30,\"seed\":7}")
                .at("/choices/0/text")
                .asText();
        assertEquals(expected, completion.choices().getFirst().text());
        assertEquals(2, completion.choices().size());
        assertEquals(
                CompletionChoice.FinishReason.LENGTH,
                completion.choices().getFirst().finishReason());
        assertEquals(
                30,
                completion
                        .choices()
                        .getFirst()
                        .logprobs()
                        .orElseThrow()
                        .tokens()
                        .orElseThrow()
                        .size());
        assertEquals(60, completion.usage().orElseThrow().completionTokens());
    }

    @Test
    void itStreams() throws Exception {
        String expected = server.complete("{\"prompt\":\"the cat\",\"max_tokens\":30,\"seed\":7}")
                .at("/choices/0/text")
                .asText();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(asked().build())) {
            assertEquals(
                    expected,
                    stream.stream()
                            .flatMap(part -> part.choices().stream())
                            .map(CompletionChoice::text)
                            .collect(Collectors.joining()));
        }
    }

    @Test
    void itListsModels() {
        assertEquals("book", client.models().list().data().getFirst().id());
        assertEquals("book", client.models().retrieve("book").id());
        client.models().list().data().getFirst().validate();
    }

    @Test
    void itReadsErrors() {
        BadRequestException bad = assertThrows(
                BadRequestException.class,
                () -> client.completions().create(asked().suffix("x").build()));
        assertEquals("suffix", bad.param().orElseThrow());
        assertTrue(bad.getMessage().contains("not supported"), bad.getMessage());
        assertThrows(
                NotFoundException.class,
                () -> client.completions().create(asked().model("gone").build()));
    }
}
