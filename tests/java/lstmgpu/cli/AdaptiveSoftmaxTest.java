package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of words with an adaptive softmax, through every command. */
class AdaptiveSoftmaxTest {
    private static final String[] ADAPTIVE = {"--tokenizer", "word", "--softmax", "adaptive", "--cutoffs", "4,8"};

    @TempDir
    Path folder;

    private static String[] with(String... more) {
        return Stream.concat(Arrays.stream(ADAPTIVE), Arrays.stream(more)).toArray(String[]::new);
    }

    private CommandRun train(String... more) throws IOException {
        String[] first = {"train", TinyModel.text(folder).toString(), "-o", folder.resolve("refused") + "", "--dry-run"
        };
        return CommandRun.of(Stream.of(first, more).flatMap(Stream::of).toArray(String[]::new));
    }

    @Test
    void itLearnsItsTextAndEveryCommandReadsIt() throws IOException {
        String model = TinyModel.train(folder, with("--max-steps", "200", "--learning-rate", "0.01"))
                .toString();
        ModelDirectory directory = ModelDirectory.open(Path.of(model));
        assertEquals(List.of(4, 8), directory.config().clusters().cutoffs());
        assertEquals(
                List.of(2, 32),
                directory.weights().get("output.tail.1.0.weight").shape());
        String text = folder.resolve("text.txt").toString();
        String evaluated = CommandRun.of("eval", model, text, "--device", "cpu", "--json")
                .succeeds()
                .out();
        double loss = number(evaluated, "loss");
        assertTrue(loss < 0.5, evaluated);
        String dynamic = CommandRun.of("eval", model, text, "--device", "cpu", "--dynamic", "--cache", "20")
                .succeeds()
                .out();
        assertFalse(dynamic.contains("NaN"), dynamic);
        for (String way : List.of("--greedy", "--beams=3", "--temperature=2", "--top-k=3", "--no-repeat-ngram=9")) {
            String written = CommandRun.of(
                            "generate", model, "--device", "cpu", "-n", "30", "--seed", "1", "--prompt", "the cat", way)
                    .succeeds()
                    .out();
            assertFalse(written.isBlank() || written.contains("<unk>"), way + written);
        }
        CommandRun.of("score", model, text, "--device", "cpu").succeeds();
        CommandRun.of("inspect", model, "--gradients", "--text", "the cat sat on the mat")
                .refuses(2, "adaptive", "--softmax full");
        CommandRun.of("export", model, "--onnx", folder.resolve("model.onnx").toString())
                .refuses(2, "adaptive", "--softmax full");
        String name = folder.resolve("more").toString();
        CommandRun.of("train", text, "-o", name, "--init-from", model, "--extend-vocab")
                .refuses(2, "--extend-vocab");
        CommandRun.of("train", text, "-o", name, "--init-from", model, "--softmax", "full")
                .refuses(2, "--softmax");
    }

    @Test
    void tiedWeightsHaveTheSameFewNumbersAsInputs() throws IOException {
        String model = TinyModel.train(
                        folder,
                        with(
                                "--max-steps",
                                "200",
                                "--learning-rate",
                                "0.01",
                                "--tie-weights",
                                "--embedding-size",
                                "32"))
                .toString();
        Map<String, Tensor> weights = weights(Path.of(model));
        assertEquals(List.of(6, 32), weights.get("embedding.weight").shape());
        assertEquals(List.of(4, 8), weights.get("embedding.tail.0.weight").shape());
        assertFalse(weights.containsKey("output.weight") || weights.containsKey("output.tail.0.1.weight"));
        String text = folder.resolve("text.txt").toString();
        String evaluated = CommandRun.of("eval", model, text, "--device", "cpu", "--json")
                .succeeds()
                .out();
        assertTrue(number(evaluated, "loss") < 0.5, evaluated);
        CommandRun.of("generate", model, "--device", "cpu", "-n", "30", "--seed", "1")
                .succeeds();
        CommandRun.of("inspect", model, "--text", "the cat sat").refuses(2, "--tie-weights --softmax adaptive");
    }

    @Test
    void aRunThatIsInterruptedGoesOnWithTheSameBits() throws IOException {
        String[] all = with("--schedule", "constant", "--max-steps", "30");
        Map<String, Tensor> whole = weights(TinyModel.train(Files.createDirectory(folder.resolve("whole")), all));
        Path second = Files.createDirectory(folder.resolve("halves"));
        TinyModel.train(second, with("--schedule", "constant", "--max-steps", "15"));
        String text = second.resolve("text.txt").toString();
        String model = second.resolve("model").toString();
        CommandRun.of("train", text, "-o", model, "--resume", "--softmax", "adaptive", "--cutoffs", "4,9")
                .refuses(2, "--cutoffs");
        TinyModel.train(second, with("--schedule", "constant", "--max-steps", "30", "--resume"));
        Map<String, Tensor> resumed = weights(Path.of(model));
        whole.forEach((name, tensor) ->
                assertArrayEquals(tensor.values(), resumed.get(name).values(), name));
    }

    @Test
    void whatMakesNoClustersIsRefused() throws IOException {
        train("--tokenizer", "word", "--softmax", "adaptive").refuses(2, "1,000", "--softmax full");
        train("--softmax", "adaptive").refuses(2, "--tokenizer char", "word or bpe");
        train("--tokenizer", "word", "--cutoffs", "4").refuses(2, "--cutoffs", "--softmax adaptive");
        for (String cutoffs : List.of("0,4", "4,4", "8,4", "4,900", "1,2,3,4,5,6,7,8,9")) {
            train("--tokenizer", "word", "--softmax", "adaptive", "--cutoffs", cutoffs)
                    .refuses(2, "--cutoffs must be");
        }
        CommandRun smoothed = train(with("--label-smoothing", "0.1"));
        assertEquals(2, smoothed.code());
        assertTrue(smoothed.err().contains("--label-smoothing wants the probability of every token"), smoothed.err());
    }

    /** Of words whose number is their rank, as in a natural text. */
    @Test
    void withoutCutoffsTheFrequenciesChooseThem() throws IOException {
        String text = IntStream.rangeClosed(1, 1500)
                .mapToObj(rank -> ("w" + rank + " ").repeat(1 + 1500 / rank))
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("many.txt"), text);
        Path model = TinyModel.trainOn(
                file, folder.resolve("many"), "--tokenizer", "word", "--softmax", "adaptive", "--max-steps", "1");
        List<Integer> cutoffs = ModelDirectory.open(model).config().clusters().cutoffs();
        assertTrue(cutoffs.size() == 2 && cutoffs.getFirst() < 300 && cutoffs.getLast() < 1000, cutoffs.toString());
        Path plain = TinyModel.trainOn(file, folder.resolve("plain"), "--tokenizer", "word", "--max-steps", "1");
        assertNull(ModelDirectory.open(plain).config().clusters());
    }

    private static Map<String, Tensor> weights(Path model) {
        return ModelDirectory.open(model).weights();
    }

    private static double number(String json, String key) {
        return Double.parseDouble(json.replaceAll("(?s).*\"" + key + "\":([-0-9.eE]+).*", "$1"));
    }
}
