package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that is replaced on disk while it answers. */
class ReloadTest {
    private static final String ASKED = "{\"prompt\":\"the\",\"max_tokens\":300,\"seed\":2}";

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void copy() throws IOException {
        model = copied(ServedModels.text(), "model");
    }

    private Path copied(Path from, String name) throws IOException {
        Path to = Files.createDirectory(folder.resolve(name));
        for (String file : List.of("config.json", "tokenizer.json", "generation_config.json", "model.safetensors")) {
            Files.copy(from.resolve(file), to.resolve(file));
        }
        return to;
    }

    private static String mark(JsonNode answer) {
        return answer.get("system_fingerprint").asText();
    }

    private static void awaitReload(TestServer server, int count) throws Exception {
        for (int tries = 0; tries < 300; tries++) {
            if (server.metric("lstm_gpu_reloads_total{model=\"model\"}") >= count) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(server.said.toString());
    }

    private void exchangeFolder(String with) throws IOException {
        Files.move(model, folder.resolve("away-" + with));
        Files.move(folder.resolve(with), model);
    }

    @Test
    void noRequestIsLostAndEachIsOfOneModel() throws Exception {
        copied(ServedModels.otherText(), "next");
        AtomicBoolean done = new AtomicBoolean();
        try (TestServer server = TestServer.of(model);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String before = server.complete(ASKED).at("/choices/0/text").asText();
            List<Future<Set<String>>> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Callable<Set<String>> client = () -> {
                    Set<String> seen = new TreeSet<>();
                    while (!done.get()) {
                        JsonNode answer = server.complete(ASKED);
                        seen.add(mark(answer) + " "
                                + answer.at("/choices/0/text").asText());
                    }
                    return seen;
                };
                clients.add(threads.submit(client));
            }
            Thread.sleep(300);
            exchangeFolder("next");
            awaitReload(server, 1);
            Files.copy(ServedModels.text().resolve("model.safetensors"), folder.resolve("weights"));
            // A config that belongs to other weights for a moment is no harm.
            Files.move(folder.resolve("weights"), model.resolve("model.safetensors"), StandardCopyOption.ATOMIC_MOVE);
            for (String name : List.of("config.json", "tokenizer.json")) {
                Files.copy(ServedModels.text().resolve(name), model.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
            awaitReload(server, 2);
            Thread.sleep(200);
            done.set(true);
            Set<String> all = new TreeSet<>();
            for (Future<Set<String>> client : clients) {
                all.addAll(client.get());
            }
            assertEquals(2, all.size(), all.toString());
            assertTrue(all.stream().anyMatch(text -> text.endsWith(before)));
            assertEquals(before, server.complete(ASKED).at("/choices/0/text").asText());
        }
    }

    @Test
    void aSessionOfTheWeightsBeforeIsRefusedOnce() throws Exception {
        copied(ServedModels.otherText(), "next");
        try (TestServer server = TestServer.of(model)) {
            String body = "{\"session\":\"s\",\"prompt\":\"the\",\"max_tokens\":3}";
            String mark = mark(server.complete(body));
            exchangeFolder("next");
            awaitReload(server, 1);
            JsonNode error = server.post("/v1/completions", body).is(409).error();
            assertEquals("state_of_other_weights", error.get("code").asText());
            assertNotEquals(mark, mark(server.complete(body)));
        }
    }

    @Test
    void whatCannotBeOpenedTakesNobodysPlace() throws Exception {
        try (TestServer server = TestServer.of(model)) {
            JsonNode before = server.complete(ASKED);
            Files.write(folder.resolve("broken"), new byte[100]);
            Files.move(folder.resolve("broken"), model.resolve("model.safetensors"), StandardCopyOption.ATOMIC_MOVE);
            for (int tries = 0; tries < 200 && server.said.isEmpty(); tries++) {
                Thread.sleep(50);
            }
            assertEquals(1, server.said.size());
            assertTrue(server.said.getFirst().contains("the version before goes on"), server.said.toString());
            assertEquals(before.at("/choices/0/text"), server.complete(ASKED).at("/choices/0/text"));
            assertEquals(1, server.metric("lstm_gpu_reload_failures_total{model=\"model\"}"));
        }
    }
}
