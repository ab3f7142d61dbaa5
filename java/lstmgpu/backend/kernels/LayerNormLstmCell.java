package lstmgpu.backend.kernels;

/** Launches {@code kernels/layer_norm_lstm_cell.cu}. */
final class LayerNormLstmCell extends CellKernels {
    LayerNormLstmCell(KernelDevice device, RnnMemory memory) {
        super(device, memory, Kernel.LAYER_NORM_LSTM_FORWARD, Kernel.LAYER_NORM_LSTM_BACKWARD);
    }

    /** A block takes a sequence, whose units see each other. */
    @Override
    long blocks(Kernel kernel) {
        return Math.min(memory.spec.batch(), Kernel.MOST_BLOCKS);
    }

    @Override
    void addForward(KernelCall call, int layer, int step, RnnTensors weights) {
        addNorms(call, layer, weights);
        call.buffer(memory.cell[layer][step])
                .buffer(RnnMemory.at(memory.gates, layer, step))
                .buffer(RnnMemory.at(memory.hiddenGates, layer, step))
                .buffer(RnnMemory.at(memory.normScales, layer, step))
                .buffer(memory.madeCell[layer][step + 1]);
    }

    @Override
    void addBackward(KernelCall call, int layer, int step, RnnTensors weights) {
        call.buffer(weights.inputBiases()[layer]).buffer(weights.recurrentBiases()[layer]);
        addNorms(call, layer, weights);
        call.buffer(memory.cell[layer][step])
                .buffer(memory.madeCell[layer][step + 1])
                .buffer(memory.carried)
                .buffer(memory.gates[layer][step])
                .buffer(memory.hiddenGates[layer][step])
                .buffer(memory.normScales[layer][step])
                .buffer(memory.recurrent)
                .buffer(memory.normSums[layer]);
    }

    private static void addNorms(KernelCall call, int layer, RnnTensors weights) {
        call.buffer(weights.norms().inputGains()[layer])
                .buffer(weights.norms().recurrentGains()[layer])
                .buffer(weights.norms().cellGains()[layer])
                .buffer(weights.norms().cellShifts()[layer]);
    }
}
