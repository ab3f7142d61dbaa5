package lstmgpu.backend.kernels;

/** Launches {@code kernels/gru_cell.cu}. */
final class GruCell implements CellKernels {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final int lanes;
    private final int units;

    GruCell(KernelDevice device, RnnMemory memory) {
        this.device = device;
        this.memory = memory;
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
        device.call(Kernel.GRU_FORWARD, memory.storage)
                .buffer(input)
                .buffer(tokens)
                .buffer(memory.recurrent)
                .buffer(inputBias)
                .buffer(recurrentBias)
                .buffer(memory.hidden[layer][step])
                .buffer(RnnMemory.at(memory.gates, layer, step))
                .buffer(RnnMemory.at(memory.recurrentNew, layer, step))
                .buffer(memory.hidden[layer][step + 1])
                .buffer(memory.isFloat() ? null : memory.hiddenFactors[layer][step + 1])
                .integer(lanes)
                .integer(units)
                .launch(Kernel.GRU_FORWARD.blocksFor(memory.unitBlock()));
    }

    @Override
    public void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent) {
        device.call(Kernel.GRU_BACKWARD, memory.storage)
                .buffer(dy)
                .buffer(dRecurrent)
                .buffer(memory.hidden[layer][step])
                .buffer(memory.recurrentNew[layer][step])
                .buffer(memory.carried)
                .buffer(memory.gates[layer][step])
                .buffer(memory.hiddenGates[layer][step])
                .integer(lanes)
                .integer(units)
                .launch(Kernel.GRU_BACKWARD.blocksFor(memory.unitBlock()));
    }
}
