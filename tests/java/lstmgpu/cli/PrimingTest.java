package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first prompt is read behind a line end, as the beginning of a line. */
class PrimingTest {
    private static final String[] WITH_LOGPROBS = {"--format", "jsonl", "--logprobs"};

    @TempDir
    Path folder;

    private Path model(String... flags) throws IOException {
        return TinyModel.train(
                folder,
                Stream.concat(Stream.of("--max-steps", "15"), Stream.of(flags)).toArray(String[]::new));
    }

    private static String[] command(Path model, String[] more) {
        List<String> common =
                List.of("generate", model.toString(), "--device", "cpu", "--threads", "1", "-n", "12", "--seed", "3");
        return Stream.concat(common.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static String generate(Path model, String[] output, String... more) {
        return CommandRun.of(command(
                        model, Stream.concat(Stream.of(output), Stream.of(more)).toArray(String[]::new)))
                .succeeds()
                .out();
    }

    private static String converse(Path model, String lines, String... more) {
        String[] flags =
                Stream.concat(Stream.of("--interactive"), Stream.of(more)).toArray(String[]::new);
        return CommandRun.with(Map.of(), lines, command(model, flags))
                .succeeds()
                .out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"char", "byte", "word", "bpe"})
    void thePromptIsWhatItIsBehindALineEnd(String tokenizer) throws IOException {
        Path model = tokenizer.equals("bpe")
                ? model("--tokenizer", tokenizer, "--vocab-size", "290")
                : model("--tokenizer", tokenizer);
        String primed = generate(model, WITH_LOGPROBS, "-p", "sat on");
        assertEquals(generate(model, WITH_LOGPROBS, "--no-prime", "-p", "\nsat on"), primed);
        assertNotEquals(generate(model, WITH_LOGPROBS, "--no-prime", "-p", "sat on"), primed);
        assertEquals(
                generate(model, WITH_LOGPROBS, "--beams", "2", "--no-prime", "-p", "\nsat on"),
                generate(model, WITH_LOGPROBS, "--beams", "2", "-p", "sat on"));
    }

    @Test
    void inAConversationOnlyTheFirstLineIs() throws IOException {
        Path model = model();
        assertEquals(generate(model, new String[] {"-p", "sat on"}), converse(model, "sat on\n"));
        // A conversation whose first line is empty begins behind a line end either way.
        assertEquals(
                converse(model, "\nsat on\n", "--no-prime", "--greedy"), converse(model, "\nsat on\n", "--greedy"));
    }

    @Test
    void aVocabularyWithoutALineEndGoesWithout() throws IOException {
        Path text = Files.writeString(folder.resolve("one-line.txt"), "the cat sat on the mat ".repeat(100));
        Path model = folder.resolve("model");
        CommandRun.of(
                        "train",
                        text.toString(),
                        "-o",
                        model.toString(),
                        "--preset",
                        "tiny",
                        "--batch-size",
                        "4",
                        "--seq-length",
                        "16",
                        "--max-steps",
                        "2",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertEquals(
                generate(model, WITH_LOGPROBS, "--no-prime", "-p", "sat on"),
                generate(model, WITH_LOGPROBS, "-p", "sat on"));
    }
}
