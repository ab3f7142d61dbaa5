package lstmgpu.model;

import java.util.List;

/** A named tensor's content in host memory, row-major. */
@SuppressWarnings("ArrayRecordComponent")
public record Tensor(List<Integer> shape, float[] values) {}
