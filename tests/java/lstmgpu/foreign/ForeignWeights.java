package lstmgpu.foreign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.network.Tensor;
import lstmgpu.store.Safetensors;
import org.junit.jupiter.api.io.TempDir;

/** Small weights under any names, and what becomes of them. */
abstract class ForeignWeights {
    static final int TOKENS = 5;
    static final int EMBEDDING = 3;
    static final int UNITS = 4;

    @TempDir
    Path folder;

    final Random random = new Random(3);
    final Map<String, Tensor> tensors = new LinkedHashMap<>();

    void put(String name, Integer... shape) {
        float[] values = new float[(int) Tensor.elements(List.of(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        tensors.put(name, new Tensor(List.of(shape), values));
    }

    void putRecurrent(String owner, int gates, int inputs, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            put(owner + "weight_ih_l" + layer, gates * UNITS, layer == 0 ? inputs : UNITS);
            put(owner + "weight_hh_l" + layer, gates * UNITS, UNITS);
            put(owner + "bias_ih_l" + layer, gates * UNITS);
            put(owner + "bias_hh_l" + layer, gates * UNITS);
        }
    }

    void putNetwork(String embedding, String recurrent, String output) {
        put(embedding, TOKENS, EMBEDDING);
        putRecurrent(recurrent, 4, EMBEDDING, 2);
        put(output + ".weight", TOKENS, UNITS);
        put(output + ".bias", TOKENS);
    }

    Path file() {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, tensors, Map.of());
        return file;
    }

    ForeignModel read() {
        return ForeignModel.read(file(), Map.of(), null);
    }

    String refusal(ExitCode code, Map<String, String> map, Cell cell) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ForeignModel.read(file(), map, cell));
        assertEquals(code, refusal.exitCode(), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
        return refusal.getMessage();
    }

    void refuses(String... words) {
        String message = refusal(ExitCode.DATA, Map.of(), null);
        for (String word : words) {
            assertTrue(message.contains(word), () -> "'%s' is not in: %s".formatted(word, message));
        }
    }

    void assertSame(String theirs, ForeignModel model, String own) {
        assertArrayEquals(tensors.get(theirs).values(), model.weights().get(own).values(), own);
    }
}
