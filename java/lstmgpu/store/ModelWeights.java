package lstmgpu.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** Weights that fit a configuration. */
final class ModelWeights {
    private static final int NAMED = 3;
    private static final int LONGEST = 60;

    private ModelWeights() {}

    static Map<String, Tensor> read(Path file, NetworkConfig config) {
        Map<String, Tensor> tensors =
                Safetensors.read(file, shapes -> checkShapes(file, shapes, config.tensorShapes()));
        tensors.forEach((name, tensor) -> checkFinite(file, name, tensor.values()));
        return tensors;
    }

    private static void checkShapes(Path file, Map<String, List<Integer>> shapes, Map<String, List<Integer>> expected) {
        List<String> missing = without(expected.keySet(), shapes.keySet());
        List<String> foreign = without(shapes.keySet(), expected.keySet());
        if (!missing.isEmpty() && !foreign.isEmpty()) {
            throw LstmGpuException.data(
                    "%s has other tensors than config.json asks for: %s, where %s are missing; give them PyTorch's"
                            + " names (docs/model-format.md) or restore both from a copy",
                    file, list(foreign), list(missing));
        }
        if (!missing.isEmpty()) {
            throw LstmGpuException.data(
                    "%s lacks the tensor %s, which config.json asks for; restore it from a copy", file, list(missing));
        }
        if (!foreign.isEmpty()) {
            throw LstmGpuException.data(
                    "%s has the tensor %s, which config.json does not know; restore both from a copy",
                    file, list(foreign));
        }
        expected.forEach((name, shape) -> {
            if (!shapes.get(name).equals(shape)) {
                throw LstmGpuException.data(
                        "%s: the tensor '%s' has the shape %s where config.json asks for %s; restore both from a copy",
                        file, name, shapes.get(name), shape);
            }
        });
    }

    private static List<String> without(Set<String> names, Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).toList();
    }

    /** The first of them; a name may be of any length. */
    private static String list(List<String> names) {
        String first = names.stream()
                .limit(NAMED)
                .map(name -> "'%s'".formatted(name.length() > LONGEST ? name.substring(0, LONGEST) + "…" : name))
                .collect(Collectors.joining(", "));
        return names.size() > NAMED ? "%s and %d more".formatted(first, names.size() - NAMED) : first;
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
