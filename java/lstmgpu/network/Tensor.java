package lstmgpu.network;

import java.util.List;

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

    /** The number of elements of a shape. */
    public static long elements(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}
