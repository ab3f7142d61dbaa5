package lstmgpu.backend.kernels;

/** Launches {@code kernels/elman_cell.cu}. */
final class ElmanCell implements CellKernels {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final Kernel forward;
    private final Kernel backward;
    private final int lanes;
    private final int units;

    ElmanCell(KernelDevice device, RnnMemory memory, Kernel forward, Kernel backward) {
        this.device = device;
        this.memory = memory;
        this.forward = forward;
        this.backward = backward;
        this.lanes = memory.spec.batch();
        this.units = memory.spec.shape().hiddenSize();
    }

    @Override
    public void forward(
            int layer,
            int step,
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias) {
        device.call(forward, memory.storage)
                .buffer(input)
                .buffer(tokens)
                .buffer(memory.recurrent)
                .buffer(inputBias)
                .buffer(recurrentBias)
                .buffer(memory.hidden[layer][step + 1])
                .buffer(memory.isFloat() ? null : memory.hiddenFactors[layer][step + 1])
                .integer(lanes)
                .integer(units)
                .launch(forward.blocksFor(memory.unitBlock()));
    }

    @Override
    public void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent) {
        device.call(backward, memory.storage)
                .buffer(dy)
                .buffer(dRecurrent)
                .buffer(memory.hidden[layer][step + 1])
                .buffer(memory.gates[layer][step])
                .integer(lanes)
                .integer(units)
                .launch(backward.blocksFor(memory.unitBlock()));
    }
}
