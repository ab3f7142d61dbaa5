package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong in daily life gets one sentence and the right exit code. */
class BadInputTest {
    @TempDir
    static Path shared;

    private static Path model;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainAModel() throws IOException {
        model = TinyModel.train(shared, "--max-steps", "2");
    }

    private CommandRun train(Path input, String... flags) {
        java.util.List<String> arguments = new java.util.ArrayList<>(java.util.List.of(
                "train",
                input.toString(),
                "-o",
                folder.resolve("out").toString(),
                "--preset",
                "tiny",
                "--device",
                "cpu",
                "--max-steps",
                "1",
                "--progress",
                "none"));
        arguments.addAll(java.util.List.of(flags));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void inputsThatAreNoTexts() throws IOException {
        train(folder.resolve("absent.txt")).refuses(3, "absent.txt", "does not exist");
        train(Files.createDirectory(folder.resolve("bare"))).refuses(3, "bare has no file", "--include GLOB");
        train(file("empty.txt", new byte[0])).refuses(3, "empty.txt", "0 bytes");
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void flagsOfAnAverageOrADecayThatIsNotThere() throws IOException {
        Path text = file("long.txt", "a long text, ".repeat(999).getBytes(StandardCharsets.UTF_8));
        train(text, "--average-decay", "0.9").refuses(2, "--average-decay", "--average ema");
        train(text, "--average", "ema", "--average-after", "3").refuses(2, "--average-after", "--average asgd");
        train(text, "--average", "ema", "--average-decay", "1")
                .refuses(2, "--average-decay must lie in [0, 1), not 1.0");
        train(text, "--average", "asgd", "--average-after", "0")
                .refuses(2, "--average-after must be 1 or above, not 0");
        train(text, "--decay-only", "matrices").refuses(2, "--decay-only", "--weight-decay");
        train(text, "--weight-decay", "0.1", "--decay-only", "gates").refuses(2, "--decay-only", "recurrent");
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void aTextShorterThanOneBatchGetsSizesThatFit() throws IOException {
        Path text = file("short.txt", "a short text".repeat(9).getBytes(StandardCharsets.UTF_8));
        CommandRun refusal = train(text, "--batch-size", "32", "--seq-length", "64")
                .refuses(3, "short.txt (108 bytes)", "97 tokens", "2,049");
        assertFalse(Files.exists(folder.resolve("out")));
        String[] fitting = refusal.err()
                .replaceFirst("(?s).*more text, or (--batch-size \\d+ --seq-length \\d+).*", "$1")
                .strip()
                .split(" ");
        train(text, fitting).succeeds();
    }

    @Test
    void invalidUtf8NamesTheOffsetAndSuggestsBytes() throws IOException {
        byte[] bytes = "plain text ".repeat(300).getBytes(StandardCharsets.UTF_8);
        bytes[2000] = (byte) 0xFF;
        Path text = file("latin1.txt", bytes);
        train(text, "--tokenizer", "char").refuses(3, "latin1.txt", "2000", "byte");
        train(text, "--tokenizer", "word").refuses(3, "2000", "byte");
        train(text, "--tokenizer", "byte").succeeds();
    }

    @Test
    void utf16IsNamedWithTheCommandThatConvertsIt() throws IOException {
        String plain = "plain words in a plain file\n".repeat(100);
        Path marked = file("it's marked.txt", plain.getBytes(StandardCharsets.UTF_16));
        train(marked).refuses(3, "is UTF-16", "iconv -f UTF-16 -t UTF-8 '", "it'\\''s marked-utf8.txt'");
        Path bare = file("bare.txt", plain.getBytes(StandardCharsets.UTF_16LE));
        train(bare).refuses(3, "is UTF-16", "iconv -f UTF-16LE -t UTF-8 " + bare);
        train(bare, "--tokenizer", "word").refuses(3, "is UTF-16");
        train(bare, "--tokenizer", "bpe").refuses(3, "is UTF-16");
        train(bare, "--tokenizer", "byte").succeeds();
        CommandRun.of("eval", model.toString(), bare.toString(), "--device", "cpu")
                .refuses(3, "is UTF-16");
        CommandRun.of("generate", model.toString(), "-f", bare.toString(), "--device", "cpu")
                .refuses(3, "is UTF-16");
    }

    @Test
    void markCarriageReturnsAndNulWork() throws IOException {
        String odd = "\uFEFFfirst\r\nsecond\u0000third\r\n".repeat(200);
        train(file("odd.txt", odd.getBytes(StandardCharsets.UTF_8)), "--hidden-size", "8")
                .succeeds();
    }

    @Test
    void aDirectoryThatHasAModelIsNotOverwritten() throws IOException {
        Path text = shared.resolve("text.txt");
        byte[] before = Files.readAllBytes(model.resolve("model.safetensors"));
        CommandRun.of("train", text.toString(), "-o", model.toString(), "--preset", "tiny")
                .refuses(2, model.toString(), "--resume", "--overwrite");
        assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(model.resolve("model.safetensors"))));
        CommandRun.of("train", text.toString(), "-o", model.toString(), "--resume", "--overwrite")
                .refuses(2, "choose one");
    }

    @ParameterizedTest
    @CsvSource({
        "--temperature, -0.1",
        "--temperature, NaN",
        "--top-p, 1.5",
        "--top-p, 0",
        "--min-p, 2",
        "--length, -1",
        "--top-k, -1",
        "--repeat-penalty, 0",
        "--num-samples, 0"
    })
    void samplingOutOfRange(String flag, String value) {
        CommandRun.of("generate", model.toString(), flag + "=" + value).refuses(2, flag);
    }

    @Test
    void temperatureZeroIsGreedyAndLengthZeroPrintsNothing() {
        String[] command = {"generate", model.toString(), "-p", "the", "-n", "20", "--device", "cpu"};
        CommandRun zero = CommandRun.of(with(command, "--temperature", "0", "--seed", "1"))
                .succeeds();
        CommandRun greedy =
                CommandRun.of(with(command, "--greedy", "--seed", "2")).succeeds();
        assertEquals(greedy.out(), zero.out());
        assertEquals(
                "",
                CommandRun.of("generate", model.toString(), "-n", "0")
                        .succeeds()
                        .out());
    }

    private static String[] with(String[] command, String... more) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(command), java.util.Arrays.stream(more))
                .toArray(String[]::new);
    }

    @Test
    void modelsThatAreNone() throws IOException {
        CommandRun.of("generate", folder.resolve("none").toString()).refuses(3, "none");
        CommandRun.of("inspect", folder.toString()).refuses(3, "config.json");
    }

    @Test
    void damagedWeights() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("damaged"));
        for (String name : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
            Files.copy(model.resolve(name), copy.resolve(name));
        }
        Path weights = copy.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length - 100));
        CommandRun.of("generate", copy.toString()).refuses(3, "model.safetensors");
        byte[] huge = whole.clone();
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 10_000_000_000L);
        Files.write(weights, huge);
        CommandRun.of("generate", copy.toString()).refuses(3, "model.safetensors");
        byte[] flipped = whole.clone();
        flipped[whole.length - 1] ^= 1;
        Files.write(weights, flipped);
        CommandRun.of("generate", copy.toString()).refuses(3, "model.safetensors", "check sum");
        byte[] foreign = withoutCheckSums(whole);
        byte[] notNumbers = foreign.clone();
        ByteBuffer.wrap(notNumbers).order(ByteOrder.LITTLE_ENDIAN).putFloat(foreign.length - 4, Float.NaN);
        Files.write(weights, notNumbers);
        CommandRun.of("generate", copy.toString()).refuses(3, "NaN");
        Files.write(weights, foreign);
        String config = Files.readString(copy.resolve("config.json"));
        Files.writeString(copy.resolve("config.json"), config.replaceFirst("(\"hidden_size\" : )\\d+", "$164"));
        CommandRun.of("generate", copy.toString()).refuses(3, "shape");
    }

    /** As another program writes it. */
    private static byte[] withoutCheckSums(byte[] safetensors) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        ObjectNode tensors = (ObjectNode) new ObjectMapper().readTree(header);
        tensors.remove("__metadata__");
        byte[] plain = new ObjectMapper().writeValueAsBytes(tensors);
        ByteBuffer written = ByteBuffer.allocate(Long.BYTES + plain.length + file.remaining())
                .order(ByteOrder.LITTLE_ENDIAN);
        return written.putLong(plain.length).put(plain).put(file).array();
    }

    @Test
    void promptsWithWhatTheModelHasNeverSeen() throws IOException {
        CommandRun.of("generate", model.toString(), "--device", "cpu", "-p", "the Zebra")
                .refuses(3, "'Z' (1×)", "'z'".replace("z", "Z"));
        CommandRun.of(
                        "generate",
                        model.toString(),
                        "--device",
                        "cpu",
                        "-f",
                        folder.resolve("absent").toString())
                .refuses(3, "absent");
        Path latin1 = file("latin1", new byte[] {'a', (byte) 0xE9, 'b'});
        CommandRun.of("generate", model.toString(), "--device", "cpu", "-f", latin1.toString())
                .refuses(3, "UTF-8");
    }

    @Test
    void devicesThatAreNotHere() {
        CommandRun.of("generate", model.toString(), "--device", "cuda").refuses(4, "cuda");
        CommandRun.of("generate", model.toString(), "--device", "opencl:1").refuses(4, "opencl:1");
        CommandRun.of("generate", model.toString(), "--device", "tpu").refuses(2, "tpu");
        CommandRun.of("generate", model.toString(), "--device", "cpu", "--logit-bias", "e")
                .refuses(2, "TOKEN=X", "'e'");
        CommandRun.of("generate", model.toString(), "--device", "cpu", "--logit-bias", "e=much")
                .refuses(2, "e=much", "not a number");
        CommandRun.of("generate", model.toString(), "--device", "cpu", "--logit-bias", "no such token=1")
                .refuses(2, "not one token");
        CommandRun.of("generate", model.toString(), "--device", "cpu", "--no-repeat-ngram", "-1")
                .refuses(2, "--no-repeat-ngram");
        CommandRun.of("generate", model.toString(), "--device", "cpu", "--beams", "257")
                .refuses(2, "--beams");
        CommandRun.of("generate", model.toString(), "--beams", "2", "--stop", "x")
                .refuses(2, "--beams", "--stop");
        CommandRun.of("score", model.toString(), shared.resolve("text.txt").toString(), "--json", "--html", "x.html")
                .refuses(2, "--html");
        CommandRun.with(Map.of("LSTM_GPU_DEVICE", "cuda"), "", "generate", model.toString())
                .refuses(4, "cuda");
        CommandRun.of("generate", model.toString(), "--threads", "-1").refuses(2, "--threads");
    }

    @Test
    void aCacheThatCannotBeMadeIsNamed() throws IOException {
        Path cache = file("cache", new byte[0]);
        CommandRun.with(Map.of("LSTM_GPU_CACHE", cache.toString()), "", "demo")
                .refuses(1, cache + " is not a folder", "LSTM_GPU_CACHE");
    }

    @Test
    void aStackTraceComesOnlyWhenAskedFor() {
        CommandRun run = CommandRun.of("generate", folder.resolve("none").toString(), "--verbose");
        assertEquals(3, run.code());
        assertTrue(run.err().contains("\tat lstmgpu."), run.err());
    }
}
