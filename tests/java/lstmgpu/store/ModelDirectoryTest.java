package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.data.CharTokenizer;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDirectoryTest {
    private static final NetworkConfig CONFIG = NetworkConfig.ofTokens(Cell.GRU, 3, 4, 5, 2, 0.1f, false);

    @TempDir
    private Path folder;

    @Test
    void whatIsSavedIsFoundAgainEvenAfterAMove() throws IOException {
        Path made = folder.resolve("deep/down/model");
        try (ModelDirectory directory = ModelDirectory.create(made, false)) {
            assertFalse(directory.hasWeights());
            fill(directory);
            directory.saveGenerationConfig(new GenerationConfig(0.5f, 3, 0.9f, 0, 1, 10));
            directory.saveRun(JsonFiles.object().put("seed", 42));
            directory.samples().append("step 1", "Hello");
            directory.samples().append("step 2", "World");
        }
        Path moved = Files.move(made, folder.resolve("moved"));
        try (ModelDirectory directory = ModelDirectory.open(moved)) {
            assertEquals(CONFIG, directory.config());
            assertTrue(directory.hasWeights());
            Map<String, Tensor> weights = directory.weights();
            weights()
                    .forEach((name, tensor) ->
                            assertArrayEquals(tensor.values(), weights.get(name).values(), name));
            assertArrayEquals(
                    new int[] {2, 0}, directory.tokenizer().encode("ca").ids());
            assertEquals(3, directory.generationConfig().topK());
            assertEquals(42, directory.run().get("seed").intValue());
            String samples = Files.readString(moved.resolve("samples.txt"));
            assertEquals("=== step 1 ===\nHello\n\n=== step 2 ===\nWorld\n\n", samples);
        }
    }

    @Test
    void aFolderWithAModelIsRefusedUnlessOverwritten() throws IOException {
        Path path = folder.resolve("model");
        try (ModelDirectory directory = ModelDirectory.create(path, false)) {
            fill(directory);
            Files.createDirectories(directory.checkpoints().resolve("step-00000001"));
            Files.writeString(directory.checkpoints().resolve("step-00000001/state"), "x");
        }
        Files.writeString(path.resolve("notes.txt"), "mine");
        for (Runnable refused : List.<Runnable>of(
                () -> ModelDirectory.create(path, false), () -> ModelDirectory.checkOutput(path, false))) {
            LstmGpuException failure = assertThrows(LstmGpuException.class, refused::run);
            assertEquals(ExitCode.USAGE, failure.exitCode());
            assertTrue(failure.getMessage().contains("--resume"), failure::getMessage);
            assertTrue(failure.getMessage().contains("--overwrite"), failure::getMessage);
        }
        ModelDirectory.open(path).weights();
        try (ModelDirectory directory = ModelDirectory.create(path, true)) {
            assertFalse(directory.hasWeights());
            assertFalse(Files.exists(directory.checkpoints()));
            assertEquals("mine", Files.readString(path.resolve("notes.txt")));
        }
        try (ModelDirectory directory = ModelDirectory.create(path, false)) {
            assertEquals(path, directory.path());
        }
        Path file = Files.writeString(folder.resolve("file"), "");
        assertEquals(
                ExitCode.USAGE,
                assertThrows(LstmGpuException.class, () -> ModelDirectory.create(file, true))
                        .exitCode());
    }

    @Test
    void aFolderWithoutAModelIsNotOpened() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (Path path : List.of(folder, folder.resolve("none"), file)) {
            LstmGpuException failure = assertThrows(LstmGpuException.class, () -> ModelDirectory.open(path));
            assertEquals(ExitCode.DATA, failure.exitCode());
            assertTrue(failure.getMessage().contains(path.toString()), failure::getMessage);
        }
    }

    @Test
    void twoTrainersCannotShareADirectory() throws Exception {
        Path path = folder.resolve("model");
        try (ModelDirectory first = ModelDirectory.create(path, false)) {
            fill(first);
            ModelDirectory second = ModelDirectory.open(path);
            assertLocked(second::lock);
            assertLocked(() -> ModelDirectory.create(path, true));
            assertTrue(first.hasWeights(), "nothing was deleted");
            first.lock();
            assertEquals(7, lockInAnotherProcess(path));
        }
        ModelDirectory third = ModelDirectory.open(path);
        assertDoesNotThrow(third::lock);
        third.close();
        assertEquals(0, lockInAnotherProcess(path));
    }

    private static void assertLocked(Runnable body) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, body::run);
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains("in use"), failure::getMessage);
        assertTrue(failure.getMessage().contains("" + ProcessHandle.current().pid()), failure::getMessage);
    }

    private static int lockInAnotherProcess(Path path) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("java.class.path");
        return new ProcessBuilder(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        Locker.class.getName(),
                        path.toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Ends with 7 if the directory is locked. */
    static final class Locker {
        private Locker() {}

        public static void main(String[] arguments) {
            try (ModelDirectory directory = ModelDirectory.open(Path.of(arguments[0]))) {
                directory.lock();
            } catch (LstmGpuException locked) {
                System.exit(7);
            }
        }
    }

    @Test
    void interruptedWritesAreSweptUnderTheLock() throws IOException {
        Path path = folder.resolve("model");
        ModelDirectory.create(path, false).close();
        Path stale = Files.writeString(path.resolve(".config.json.1234.lstm-gpu-tmp"), "half");
        try (ModelDirectory directory = ModelDirectory.create(path, false)) {
            assertFalse(Files.exists(stale));
            assertTrue(Files.exists(directory.path()));
        }
    }

    @Test
    void weightsThatDoNotFitTheConfigurationAreRefusedByName() {
        Path path = folder.resolve("model");
        try (ModelDirectory directory = ModelDirectory.create(path, false)) {
            fill(directory);
            Map<String, Tensor> missing = weights();
            missing.remove("rnn.bias_hh_l1");
            assertRefused(directory, missing, "lacks the tensor 'rnn.bias_hh_l1'");
            Map<String, Tensor> extra = weights();
            extra.put("rnn.weight_ih_l2", new Tensor(List.of(1), new float[1]));
            assertRefused(directory, extra, "the tensor 'rnn.weight_ih_l2', which config.json does not know");
            Map<String, Tensor> shape = weights();
            shape.put("output.weight", new Tensor(List.of(5, 3), new float[15]));
            assertRefused(directory, shape, "'output.weight' has the shape [5, 3] where config.json asks for [3, 5]");
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                Map<String, Tensor> values = weights();
                values.get("rnn.weight_hh_l1").values()[7] = bad;
                assertRefused(directory, values, "'rnn.weight_hh_l1' holds " + bad + " at element 7");
            }
            directory.saveWeights(weights());
            assertEquals(weights().keySet(), directory.weights().keySet());
        }
    }

    @Test
    void aTokenizerOfAnotherSizeIsRefused() {
        try (ModelDirectory directory = ModelDirectory.create(folder.resolve("model"), false)) {
            fill(directory);
            directory.saveTokenizer(new CharTokenizer(List.of((int) 'a', (int) 'b'), false));
            LstmGpuException failure = assertThrows(LstmGpuException.class, directory::tokenizer);
            assertEquals(ExitCode.DATA, failure.exitCode());
            assertTrue(failure.getMessage().contains("vocab_size"), failure::getMessage);
        }
    }

    private static void assertRefused(ModelDirectory directory, Map<String, Tensor> weights, String words) {
        directory.saveWeights(weights);
        LstmGpuException failure = assertThrows(LstmGpuException.class, directory::weights);
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains(words), () -> words + " is not in: " + failure.getMessage());
    }

    private static void fill(ModelDirectory directory) {
        directory.saveConfig(CONFIG, "language-model");
        directory.saveTokenizer(new CharTokenizer(List.of((int) 'a', (int) 'b', (int) 'c'), false));
        directory.saveWeights(weights());
    }

    private static Map<String, Tensor> weights() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        CONFIG.tensorShapes().forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
            for (int i = 0; i < values.length; i++) {
                values[i] = name.hashCode() / 1e10f + i;
            }
            tensors.put(name, new Tensor(shape, values));
        });
        return tensors;
    }
}
