package lstmgpu.backend.kernels;

/** Launches {@code kernels/lstm_cell.cu}. */
final class LstmCell implements CellKernels {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final int lanes;
    private final int units;

    LstmCell(KernelDevice device, RnnMemory memory) {
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
        device.call(Kernel.LSTM_FORWARD, memory.storage)
                .buffer(input)
                .buffer(tokens)
                .buffer(memory.recurrent)
                .buffer(inputBias)
                .buffer(recurrentBias)
                .buffer(memory.cell[layer][step])
                .buffer(RnnMemory.at(memory.gates, layer, step))
                .buffer(memory.cell[layer][step + 1])
                .buffer(memory.hidden[layer][step + 1])
                .buffer(memory.isFloat() ? null : memory.hiddenFactors[layer][step + 1])
                .integer(lanes)
                .integer(units)
                .launch(Kernel.LSTM_FORWARD.blocksFor(memory.unitBlock()));
    }

    @Override
    public void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent) {
        device.call(Kernel.LSTM_BACKWARD, memory.storage)
                .buffer(dy)
                .buffer(dRecurrent)
                .buffer(memory.cell[layer][step])
                .buffer(memory.cell[layer][step + 1])
                .buffer(memory.carried)
                .buffer(memory.gates[layer][step])
                .integer(lanes)
                .integer(units)
                .launch(Kernel.LSTM_BACKWARD.blocksFor(memory.unitBlock()));
    }
}
