package lstmgpu.backend.kernels;

/** Launches {@code kernels/peephole_lstm_cell.cu}. */
final class PeepholeLstmCell extends CellKernels {
    PeepholeLstmCell(KernelDevice device, RnnMemory memory) {
        super(device, memory, Kernel.PEEPHOLE_LSTM_FORWARD, Kernel.PEEPHOLE_LSTM_BACKWARD);
    }

    @Override
    void addForward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(weights.peepholes()[layer])
                .buffer(memory.cell[layer][step])
                .buffer(RnnMemory.at(memory.gates, layer, step))
                .buffer(memory.madeCell[layer][step + 1]);
    }

    @Override
    void addBackward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(weights.peepholes()[layer])
                .buffer(memory.cell[layer][step])
                .buffer(memory.madeCell[layer][step + 1])
                .buffer(memory.carried)
                .buffer(memory.gates[layer][step]);
    }
}
