package lstmgpu.backend;

/**
 * The sizes of a linear layer y [N,O] = x [N,I]·wᵀ + b, w [O,I].
 *
 * @param rows N
 * @param inputSize I
 * @param outputSize O
 * @param precision to which the factors of products are rounded
 */
public record LinearSpec(int rows, int inputSize, int outputSize, Precision precision) {}
