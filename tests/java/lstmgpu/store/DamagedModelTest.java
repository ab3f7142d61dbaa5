package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Cell;
import lstmgpu.data.Tokenizer;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every byte of a model's files is looked at: one that was flipped, and an end that was cut, are refused. */
class DamagedModelTest {
    private static final long SEED = 20260721;

    /** Beside the file itself: its header as a tree, texts for messages. */
    private static final long ALLOCATED_AT_MOST = 4L << 20;

    @TempDir
    Path folder;

    private Path model() throws IOException {
        Tokenizer tokenizer = TestText.tokenizer("abc de\n");
        NetworkConfig config = NetworkConfig.ofTokens(Cell.GRU, tokenizer.vocabularySize(), 3, 4, 1, 0.25f, false);
        try (ModelDirectory directory = ModelDirectory.create(folder.resolve("model"), true)) {
            directory.saveConfig(config, "language-model");
            directory.saveTokenizer(tokenizer);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            config.tensorShapes().forEach((name, shape) -> {
                float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
                Arrays.fill(values, 0.5f);
                tensors.put(name, new Tensor(shape, values));
            });
            directory.saveWeights(tensors);
        }
        return folder.resolve("model");
    }

    private static void load(Path model) {
        ModelDirectory directory = ModelDirectory.open(model);
        directory.config();
        directory.tokenizer();
        directory.weights();
    }

    private static void refuses(Path model, String damage) {
        long before = allocated();
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> load(model), damage);
        assertEquals(ExitCode.DATA, refusal.exitCode(), damage);
        assertTrue(allocated() - before < ALLOCATED_AT_MOST, damage + ": allocates too much");
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
    void everyFlippedByteIsRefused(String name) throws IOException {
        Path model = model();
        load(model);
        Path file = model.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(SEED);
        for (int place = 0; place < whole.length; place++) {
            byte[] flipped = whole.clone();
            flipped[place] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Files.write(file, flipped);
            refuses(model, name + " with another byte at " + place);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
    void everyCutIsRefused(String name) throws IOException {
        Path model = model();
        Path file = model.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            refuses(model, name + " cut to " + length);
        }
    }

    @Test
    void weightsOfAnotherProgramNeedNoCheckSum() throws IOException {
        Path model = model();
        Path file = model.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        String text = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1);
        int from = text.indexOf("\"__metadata__\"");
        int to = text.indexOf("},", from) + 2;
        String bare = text.substring(0, from) + " ".repeat(to - from) + text.substring(to);
        Files.write(file, bare.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        load(model);
    }

    @Test
    void everyFlippedByteOfASealedObjectIsRefused() throws IOException {
        Path file = folder.resolve("state.json");
        JsonFiles.writeSealed(file, JsonFiles.object().put("step", 12).put("name", "a b"));
        assertEquals(12, JsonFiles.readSealed(file).get("step").asInt());
        byte[] whole = Files.readAllBytes(file);
        for (int place = 0; place < whole.length; place++) {
            byte[] flipped = whole.clone();
            flipped[place] ^= 1;
            Files.write(file, flipped);
            assertEquals(
                    ExitCode.DATA,
                    assertThrows(LstmGpuException.class, () -> JsonFiles.readSealed(file), "byte " + place)
                            .exitCode());
        }
    }
}
