package lstmgpu.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;

/** Weights that fit a configuration. */
final class ModelWeights {
    private ModelWeights() {}

    static Map<String, Tensor> read(Path file, ModelConfig config) {
        Map<String, Tensor> tensors =
                Safetensors.read(file, shapes -> checkShapes(file, shapes, config.tensorShapes()));
        tensors.forEach((name, tensor) -> checkFinite(file, name, tensor.values()));
        return tensors;
    }

    private static void checkShapes(Path file, Map<String, List<Integer>> shapes, Map<String, List<Integer>> expected) {
        expected.forEach((name, shape) -> {
            if (!shapes.containsKey(name)) {
                throw LstmGpuException.data(
                        "%s lacks the tensor '%s', which config.json asks for; restore it from a copy", file, name);
            }
            if (!shapes.get(name).equals(shape)) {
                throw LstmGpuException.data(
                        "%s: the tensor '%s' has the shape %s where config.json asks for %s; restore both from a copy",
                        file, name, shapes.get(name), shape);
            }
        });
        for (String name : shapes.keySet()) {
            if (!expected.containsKey(name)) {
                throw LstmGpuException.data(
                        "%s has a tensor '%s' that config.json does not know; restore both from a copy", file, name);
            }
        }
    }

    private static void checkFinite(Path file, String name, float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw LstmGpuException.data(
                        "%s: the tensor '%s' holds %s at element %d; restore the file from a copy or train again",
                        file, name, values[i], i);
            }
        }
    }
}
