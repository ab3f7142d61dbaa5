package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.RoundedWeights;

/**
 * A named tensor's content, row-major.
 *
 * @param values as many as the product of the shape
 */
@SuppressWarnings("ArrayRecordComponent")
public record Tensor(List<Integer> shape, float[] values) {
    public Tensor {
        shape = List.copyOf(shape);
        long length = elements(shape);
        if (length != values.length) {
            throw new IllegalArgumentException(values.length + " values for the shape " + shape);
        }
    }

    /** Tensors by their names, the matrices rounded row by row. */
    public static Map<String, Tensor> rounded(Map<String, Tensor> tensors, RoundedWeights form) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> all.put(name, tensor.shape().size() == 2 ? tensor.rounded(form) : tensor));
        return all;
    }

    private Tensor rounded(RoundedWeights form) {
        float[] all = values.clone();
        int width = shape.getLast();
        for (int from = 0; from < all.length; from += width) {
            form.round(all, from, from + width);
        }
        return new Tensor(shape, all);
    }

    /** The number of elements of a shape. */
    public static long elements(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
