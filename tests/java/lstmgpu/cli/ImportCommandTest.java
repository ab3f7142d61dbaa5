package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.Tensor;
import lstmgpu.store.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of another program are a model that all commands take, and damaged ones end in a sentence. */
class ImportCommandTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path weights;
    private Path vocabulary;

    /** A model of this program, its tensors under other names and its characters in another order. */
    @BeforeEach
    void rename() throws IOException {
        model = TinyModel.train(folder);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Safetensors.read(model.resolve("model.safetensors"))
                .forEach((name, tensor) -> tensors.put(
                        name.replace("embedding", "encoder")
                                .replace("output", "decoder")
                                .replace("rnn", "model.lstm"),
                        turned(tensor, name.startsWith("rnn"))));
        weights = folder.resolve("theirs.safetensors");
        Safetensors.write(weights, tensors, Map.of());
        var tokenizer = TokenizerJson.read(model.resolve("tokenizer.json"));
        List<String> lines = new ArrayList<>();
        for (int id = tokenizer.vocabularySize() - 1; id >= 0; id--) {
            lines.add(tokenizer.token(id).equals(" ") ? "\\s" : tokenizer.token(id));
        }
        vocabulary = Files.write(folder.resolve("vocab.txt"), lines);
    }

    /** The rows from the last to the first. */
    private static Tensor turned(Tensor tensor, boolean not) {
        int rows = tensor.shape().getFirst();
        int width = tensor.values().length / rows;
        float[] values = tensor.values().clone();
        for (int row = 0; row < rows && !not; row++) {
            System.arraycopy(tensor.values(), row * width, values, (rows - 1 - row) * width, width);
        }
        return new Tensor(tensor.shape(), values);
    }

    private CommandRun load(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "import", weights.toString(), "-o", folder.resolve("theirs").toString()));
        words.addAll(Arrays.asList(more));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private String generated(Path directory) {
        return CommandRun.of(
                        "generate", directory.toString(), "-p", "the cat", "-n", "30", "--seed", "3", "--device", "cpu")
                .succeeds()
                .out();
    }

    @Test
    void writesAndIsJudgedAsTheModelThatItWas() {
        CommandRun run = load("--vocab", vocabulary.toString()).succeeds();
        assertTrue(
                run.out().contains("embedding.weight is encoder.weight, rnn.weight_ih_l0 is model.lstm.weight_ih_l0"),
                run.out());
        assertEquals(generated(model), generated(folder.resolve("theirs")));
        String[] eval = {"eval", "", folder.resolve("text.txt").toString(), "--device", "cpu"};
        List<String> losses = new ArrayList<>();
        for (Path directory : List.of(model, folder.resolve("theirs"))) {
            eval[1] = directory.toString();
            losses.add(CommandRun.of(eval).succeeds().out().lines().findFirst().orElseThrow());
        }
        assertEquals(losses.get(0), losses.get(1));
    }

    @Test
    void whatIsNotSaidIsAskedFor() throws IOException {
        load().refuses(2, "--vocab", "--tokenizer byte");
        load("--tokenizer", "bytes").refuses(2, "byte, char or word");
        load("--tokenizer", "byte", "--vocab", vocabulary.toString()).refuses(2, "leave one out");
        load("--tokenizer", "byte").refuses(3, "256");
        load("--vocab", vocabulary.toString(), "--map", "x").refuses(2, "FROM=TO");
        load("--vocab", vocabulary.toString(), "--map", "x=")
                .refuses(2, weights + " has no such tensor; it has decoder.bias [");
        load("--vocab", folder.toString()).refuses(3, "--vocab " + folder + ": it is a folder");
        load("--vocab", vocabulary.toString(), "--cell", "rnn_relu").refuses(2, "--cell rnn_relu");
        Files.writeString(vocabulary, "a\nb\n");
        load("--vocab", vocabulary.toString()).refuses(3, "2 tokens where the weights have");
        assertFalse(Files.exists(folder.resolve("theirs")));
        Files.createDirectory(folder.resolve("theirs"));
        Files.writeString(folder.resolve("theirs/config.json"), "{}");
        load("--vocab", vocabulary.toString()).refuses(2, "no configuration of lstm-gpu");
    }

    /** State that PyTorch keeps beside weights: counts, positions and masks. */
    @Test
    void whatIsNoWeightIsLeftOutAndSaidAndCannotBeOne() throws IOException {
        Path own = model.resolve("model.safetensors");
        for (Path file : List.of(weights, own)) {
            byte[] bytes = Files.readAllBytes(file);
            int length = Math.toIntExact(
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
            String header = new String(bytes, 8, length, StandardCharsets.UTF_8).strip();
            int data = bytes.length - 8 - length;
            // Nothing seals what another program writes.
            String longer = header.replaceFirst("\"__metadata__\":\\{[^}]*},", "")
                    .replaceFirst(
                            "}$",
                            ",\"norm.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[%d,%d]}}"
                                    .formatted(data, data + 8));
            longer += " ".repeat(-longer.length() & 7);
            ByteBuffer whole =
                    ByteBuffer.allocate(8 + longer.length() + data + 8).order(ByteOrder.LITTLE_ENDIAN);
            whole.putLong(longer.length()).put(longer.getBytes(StandardCharsets.UTF_8));
            whole.put(bytes, 8 + length, data).putLong(7);
            Files.write(file, whole.array());
        }
        CommandRun run = load("--vocab", vocabulary.toString()).succeeds();
        assertTrue(run.out().contains("left out: norm.num_batches_tracked (I64)\n"), run.out());
        String[] again = {"--vocab", vocabulary.toString(), "--overwrite", "--map", "norm.num_batches_tracked="};
        assertFalse(load(again).succeeds().out().contains("left out"));
        again[4] += "output.bias";
        load(again).refuses(2, "--map norm.num_batches_tracked=output.bias: its values are I64");
        CommandRun refused = CommandRun.of(
                "eval", model.toString(), folder.resolve("text.txt").toString());
        assertEquals(3, refused.code());
        LstmGpuException damaged = assertThrows(LstmGpuException.class, () -> Safetensors.read(own));
        assertTrue(damaged.getMessage().contains("has the dtype 'I64'"), damaged.getMessage());
    }

    /** Whatever somebody has written there: a result, or one sentence. */
    @Test
    void damagedFilesEndInASentence() throws IOException {
        byte[] good = Files.readAllBytes(weights);
        int header = Math.toIntExact(
                        ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong())
                + 8;
        Random random = new Random(11);
        for (int i = 0; i < 150; i++) {
            byte[] bad = i % 10 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int changes = 0; i % 10 != 0 && changes <= i % 3; changes++) {
                bad[random.nextInt(header)] = (byte) random.nextInt(256);
            }
            Files.write(weights, bad);
            CommandRun run = load("--vocab", vocabulary.toString(), "--overwrite");
            assertTrue(List.of(0, 2, 3).contains(run.code()), run.err());
            assertTrue(
                    run.code() == 0
                            || run.err().lines().count() == 1 && run.err().length() < 2000,
                    run.err());
            assertFalse(run.err().contains("Exception") || run.err().contains("\tat "), run.err());
        }
        Files.delete(weights);
        load("--vocab", vocabulary.toString(), "--overwrite").refuses(3, "is not there");
        Files.createDirectory(weights);
        load("--vocab", vocabulary.toString(), "--overwrite").refuses(3, "a folder");
    }
}
