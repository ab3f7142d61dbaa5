package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first prompt is read behind a line end, as the beginning of a line. */
class PrimingTest {
    private static final String[] WITH_LOGPROBS = {"--format", "jsonl", "--logprobs", "--seed", "3"};
    private static final int SEEDS = 8;

    @TempDir
    Path folder;

    private Path model(String... flags) throws IOException {
        return TinyModel.train(
                folder,
                Stream.concat(Stream.of("--max-steps", "15"), Stream.of(flags)).toArray(String[]::new));
    }

    private static String[] command(Path model, String[] more) {
        List<String> common = List.of("generate", model.toString(), "--device", "cpu", "--threads", "1", "-n", "12");
        return Stream.concat(common.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static String generate(Path model, String[] output, String... more) {
        return CommandRun.of(command(
                        model, Stream.concat(Stream.of(output), Stream.of(more)).toArray(String[]::new)))
                .succeeds()
                .out();
    }

    private static String converse(Path model, String lines, String[] output, String... more) {
        String[] flags = Stream.of(new String[] {"--interactive"}, output, more)
                .flatMap(Stream::of)
                .toArray(String[]::new);
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
        Path model = TinyModel.train(folder, "--max-steps", "150");
        assertEquals(
                drawn(seed -> generate(model, seed, "-p", "sat on")), drawn(seed -> converse(model, "sat on\n", seed)));
        assertNotEquals(
                drawn(seed -> converse(model, "sat on\n", seed, "--no-prime")),
                drawn(seed -> converse(model, "sat on\n", seed)));
        // A conversation whose first line is empty begins behind a line end either way.
        assertEquals(
                drawn(seed -> converse(model, "\nsat on\n", seed, "--no-prime")),
                drawn(seed -> converse(model, "\nsat on\n", seed)));
    }

    /** With one seed, two distributions that differ may give the same text. */
    private static List<String> drawn(Function<String[], String> text) {
        return IntStream.range(0, SEEDS)
                .mapToObj(seed -> text.apply(new String[] {"--seed", Integer.toString(seed), "--temperature", "1.5"}))
                .toList();
    }

    private Path modelOf(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("own.txt"), text);
        return TinyModel.trainOn(file, folder.resolve("model"), "--max-steps", "2");
    }

    @Test
    void aVocabularyWithoutALineEndGoesWithout() throws IOException {
        Path model = modelOf("the cat sat on the mat ".repeat(100));
        assertEquals(
                generate(model, WITH_LOGPROBS, "--no-prime", "-p", "sat on"),
                generate(model, WITH_LOGPROBS, "-p", "sat on"));
    }

    @Test
    void whereCarriageReturnsEndLinesThePromptIsBehindOne() throws IOException {
        Path model = modelOf("the cat sat on the mat\r".repeat(100));
        String primed = generate(model, WITH_LOGPROBS, "-p", "sat on");
        assertEquals(generate(model, WITH_LOGPROBS, "--no-prime", "-p", "\rsat on"), primed);
        assertNotEquals(generate(model, WITH_LOGPROBS, "--no-prime", "-p", "sat on"), primed);
    }
}
