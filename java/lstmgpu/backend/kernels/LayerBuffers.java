package lstmgpu.backend.kernels;

/**
 * The weights and the initial state of a layer of a plan of one sequence.
 *
 * @param inputWeights factors [G·H, I or H], of the plan's storage
 * @param recurrentWeights factors [G·H,H]
 * @param inputBias [G·H]
 * @param recurrentBias [G·H]
 * @param hidden h [H]
 * @param factor h as a factor of products [H]; null where that is hidden itself
 * @param cell c [H]; null without a cell state
 */
public record LayerBuffers(
        KernelBuffer inputWeights,
        KernelBuffer recurrentWeights,
        KernelBuffer inputBias,
        KernelBuffer recurrentBias,
        KernelBuffer hidden,
        KernelBuffer factor,
        KernelBuffer cell) {}
