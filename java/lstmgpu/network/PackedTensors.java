package lstmgpu.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ParameterLayout;

/** Tensors by name, and the same side by side in one buffer as a {@link ParameterLayout} says. */
final class PackedTensors {
    private PackedTensors() {}

    /**
     * Lays named tensors out.
     *
     * @param owner what the tensors belong to, for messages
     * @throws LstmGpuException with exit code 3, naming the tensor, if one is missing, superfluous, of another shape
     *     or not finite
     */
    static float[] pack(ParameterLayout layout, Map<String, Tensor> tensors, String owner) {
        TreeSet<String> unknown = new TreeSet<>(tensors.keySet());
        float[] values = new float[Math.toIntExact(layout.length())];
        for (ParameterLayout.Slot slot : layout.slots()) {
            unknown.remove(slot.name());
            Tensor tensor = tensors.get(slot.name());
            if (tensor == null) {
                throw LstmGpuException.data("%s lacks the tensor %s %s", owner, slot.name(), slot.shape());
            }
            if (!tensor.shape().equals(slot.shape()) || tensor.values().length != slot.length()) {
                throw LstmGpuException.data(
                        "the tensor %s of %s has the shape %s, where its configuration needs %s",
                        slot.name(), owner, tensor.shape(), slot.shape());
            }
            requireFinite(slot.name(), tensor.values(), owner);
            System.arraycopy(tensor.values(), 0, values, Math.toIntExact(slot.offset()), tensor.values().length);
        }
        if (!unknown.isEmpty()) {
            throw LstmGpuException.data(
                    "%s has a tensor that its configuration does not know: %s", owner, unknown.first());
        }
        return values;
    }

    private static void requireFinite(String name, float[] values, String owner) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw LstmGpuException.data(
                        "the tensor %s of %s holds %s at element %d; the file is damaged or its training diverged",
                        name, owner, values[i], i);
            }
        }
    }

    /** The tensors of a buffer with this layout. */
    static Map<String, Tensor> unpack(ParameterLayout layout, float[] values) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterLayout.Slot slot : layout.slots()) {
            int from = Math.toIntExact(slot.offset());
            int to = Math.toIntExact(slot.offset() + slot.length());
            tensors.put(slot.name(), new Tensor(slot.shape(), Arrays.copyOfRange(values, from, to)));
        }
        return tensors;
    }
}
