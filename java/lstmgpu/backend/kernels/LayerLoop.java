package lstmgpu.backend.kernels;

/** All steps of a layer in one call, with BFLOAT16 factors. */
public interface LayerLoop extends AutoCloseable {
    /**
     * @param input W_ih·x of all steps [T,B,G·H], or with tokens a table [V,G·H] of W_ih·x + b_ih
     * @param tokens INT32 [T,B] or null
     * @param weights W_hh BFLOAT16 [G·H,H]
     * @param inputBias null with tokens
     */
    void forward(
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer weights,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias,
            LayerSequence sequence);

    /**
     * @param dy gradient of the layer's h from above, [T,B,H]
     * @param weights W_hh BFLOAT16 [G·H,H]
     */
    void backward(KernelBuffer dy, KernelBuffer weights, LayerSequence sequence);

    @Override
    void close();
}
