package lstmgpu.backend.kernels;

/** Launches {@code kernels/gru_cell.cu}. */
final class GruCell extends CellKernels {
    GruCell(KernelDevice device, RnnMemory memory) {
        super(device, memory, Kernel.GRU_FORWARD, Kernel.GRU_BACKWARD);
    }

    @Override
    void addForward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(memory.hidden[layer][step])
                .buffer(RnnMemory.at(memory.gates, layer, step))
                .buffer(RnnMemory.at(memory.recurrentNew, layer, step));
    }

    @Override
    void addBackward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(memory.hidden[layer][step])
                .buffer(memory.recurrentNew[layer][step])
                .buffer(memory.carried)
                .buffer(memory.gates[layer][step])
                .buffer(memory.hiddenGates[layer][step]);
    }
}
