package lstmgpu.backend.kernels;

/** Launches {@code kernels/elman_cell.cu}. */
final class ElmanCell extends CellKernels {
    ElmanCell(KernelDevice device, RnnMemory memory, Kernel forward, Kernel backward) {
        super(device, memory, forward, backward);
    }

    @Override
    void addForward(KernelCall call, int layer, int step, RnnTensors weights) {}

    @Override
    void addBackward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(memory.madeHidden[layer][step + 1]).buffer(memory.gates[layer][step]);
    }
}
