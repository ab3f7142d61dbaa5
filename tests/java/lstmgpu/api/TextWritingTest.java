package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import lstmgpu.cli.CommandRun;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.Test;

/** What a model writes and how it judges texts is by the library what it is by the program, to the last bit. */
class TextWritingTest extends TextModelRig {
    @Test
    void itIsJudgedAsByTheCommand() throws IOException {
        JsonNode expected = JSON.readTree(on("eval", "--json"));
        Evaluation found = model.evaluate(Text.files(text));
        assertEquals(expected.get("loss").asDouble(), found.loss());
        assertEquals("nats per token", found.unit());
        assertEquals(expected.get("tokens").asLong(), found.count());
        assertEquals(
                List.of("perplexity", "perplexity_per_word", "bits_per_character", "bits_per_byte", "accuracy"),
                List.copyOf(found.metrics().keySet()));
        found.metrics().forEach((name, value) -> assertEquals(expected.get(name).asDouble(), value, name));
        String[] lines = on("score", "--json").split("\n");
        List<ScoredToken> scores = model.score(Text.of(Files.readString(text)));
        assertEquals(lines.length, scores.size());
        for (int i = 0; i < lines.length; i++) {
            JsonNode line = JSON.readTree(lines[i]);
            ScoredToken score = scores.get(i);
            assertEquals(line.get("position").asLong(), score.position());
            assertEquals(line.get("id").asInt(), score.id());
            assertEquals(line.get("token").asText(), score.token());
            assertEquals(line.get("logprob").asDouble(), score.logprob());
        }
    }

    private static String on(String command, String flag) {
        return Commands.run(words(
                        "%s %s %s %s --device cpu --threads 1",
                        command, folder.resolve("api").toString(), text.toString(), flag))
                .succeeds()
                .out();
    }

    @Test
    void itWritesWhatTheCommandWrites() throws IOException {
        CommandRun run = Commands.run(
                        "generate",
                        folder.resolve("api").toString(),
                        "-p",
                        "The old",
                        "-n",
                        "80",
                        "--temperature",
                        "0.7",
                        "--top-k",
                        "9",
                        "--min-p",
                        "0.01",
                        "--repeat-penalty",
                        "1.1",
                        "--seed",
                        "3",
                        "--format",
                        "jsonl",
                        "--logprobs",
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .succeeds();
        JsonNode expected = JSON.readTree(run.out());
        Sampling how = model.sampling()
                .length(80)
                .temperature(0.7)
                .topK(9)
                .minP(0.01)
                .repeatPenalty(1.1)
                .seed(3);
        StringBuilder pieces = new StringBuilder();
        List<TextListener.Token> heard = new ArrayList<>();
        Written written = model.generate(model.start(), "The old", how, new TextListener() {
            @Override
            public void text(String piece) {
                pieces.append(piece);
            }

            @Override
            public void token(Token token) {
                heard.add(token);
            }
        });
        assertEquals(expected.get("text").asText(), written.text());
        assertEquals(written.text(), pieces.toString());
        assertEquals(written.tokens(), heard);
        assertEquals(3, written.seed());
        for (int i = 0; i < 80; i++) {
            assertEquals(
                    expected.at("/tokens/" + i).asInt(), written.tokens().get(i).id());
            assertEquals(
                    expected.at("/logprobs/" + i).asDouble(),
                    written.tokens().get(i).logprob(),
                    1e-6);
        }
        assertEquals(written.text(), model.generate("The old", how));
        Written alone = model.generate(model.start(), "The old", how.prime(false), _ -> {});
        assertNotEquals(
                written.tokens().getFirst().logprob(), alone.tokens().getFirst().logprob(), "not behind a line's end");
    }

    @Test
    void aStateGoesOnExactlyAndInManyWays() {
        Sampling how = Sampling.defaults().seed(11);
        String whole = model.generate("A grey", how.length(70));
        Written first = model.generate(model.start(), "A grey", how.length(30), _ -> {});
        byte[] bytes = first.state().toBytes();
        TextState restored = model.state(bytes);
        Written second = model.generate(restored, "", how.length(40), _ -> {});
        assertEquals(whole, first.text() + second.text());
        assertEquals(
                second.text(),
                model.generate(first.state(), "", how.length(40), _ -> {}).text(),
                "once more");
        assertNotEquals(
                second.text(),
                model.generate(restored, "", how.length(40).seed(12), _ -> {}).text());
        assertArrayEquals(bytes, restored.toBytes());
        bytes[bytes.length / 2] ^= 1;
        refused(LstmException.Kind.DATA, "damaged", () -> model.state(bytes));
        try (TextModel other =
                TRAINING.seed(6).maxSteps(1).train(device, Text.files(text), folder.resolve("foreign"))) {
            refused(LstmException.Kind.DATA, "another model", () -> other.state(restored.toBytes()));
            refused(LstmException.Kind.DATA, "another model", () -> other.generate(restored, "", how, _ -> {}));
        }
    }

    @Test
    void stopTextsEndItAndSeedsAreTold() {
        Sampling free = model.sampling().length(200);
        Written stopped = model.generate(
                model.start(), "A grey", free.length(2000).seed(1).stop("\n"), _ -> {});
        assertTrue(stopped.stopped());
        assertEquals(-1, stopped.text().indexOf('\n'));
        assertEquals(OptionalLong.empty(), free.seed());
        Written any = model.generate(model.start(), "", free, _ -> {});
        assertEquals(any.text(), model.generate("", free.seed(any.seed())));
        assertEquals("", model.generate("A", free.length(0)));
        refused(LstmException.Kind.USAGE, "topP must lie in (0, 1]", () -> model.generate("A", free.topP(0)));
        refused(LstmException.Kind.DATA, "never seen: 'Ω'", () -> model.generate("Ω", free));
    }

    @Test
    void wordsThatNobodyKnowsAreReadAndNeverWritten() {
        TextTraining words =
                TRAINING.tokenizer("word").vocabSize(8).seqLength(4).maxSteps(5);
        try (TextModel few = words.train(device, Text.files(text), folder.resolve("words"))) {
            assertEquals(8, few.vocabularySize());
            String expected = Commands.run(words(
                            "generate %s -n 60 --seed 4 --device cpu --threads 1",
                            folder.resolve("words").toString()))
                    .succeeds()
                    .out();
            String written = few.generate("", Sampling.defaults().length(60).seed(4));
            assertEquals(expected.strip(), written.strip());
            assertEquals(-1, written.indexOf("<unk>"));
            assertTrue(few.evaluate(Text.files(text)).loss() > 0);
        }
    }
}
