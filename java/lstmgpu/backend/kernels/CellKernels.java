package lstmgpu.backend.kernels;

/** Launches the kernels of one kind of cell, a step at a time. */
interface CellKernels {
    /**
     * The step's states, from the input's side and the product of W_hh with the h before, which lies in {@link RnnMemory#recurrent}.
     *
     * @param input [B,G·H], or with tokens a table [V,G·H]
     * @param tokens INT32 [B] or null
     * @param inputBias null with tokens
     */
    void forward(
            int layer,
            int step,
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias);

    /**
     * The gradients of the step's gates.
     *
     * @param dy gradient of the step's h from above, [B,H]
     * @param dRecurrent that from the step after through W_hh, [B,H]; null at the last step
     */
    void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent);

    static CellKernels of(KernelDevice device, RnnMemory memory) {
        return switch (memory.spec.shape().cell()) {
            case LSTM -> new LstmCell(device, memory);
            case GRU -> new GruCell(device, memory);
            case RNN_TANH -> new ElmanCell(device, memory, Kernel.ELMAN_TANH_FORWARD, Kernel.ELMAN_TANH_BACKWARD);
            case RNN_RELU -> new ElmanCell(device, memory, Kernel.ELMAN_RELU_FORWARD, Kernel.ELMAN_RELU_BACKWARD);
        };
    }
}
