package lstmgpu.backend.kernels;

import lstmgpu.backend.Cell;

/** Launches {@code kernels/lstm_cell.cu}, {@code gru_cell.cu} and {@code elman_cell.cu}: one step of a layer after or before its product. */
final class CellLaunch {
    private final KernelDevice device;
    private final RnnMemory memory;
    private final long blocks;

    CellLaunch(KernelDevice device, RnnMemory memory) {
        this.device = device;
        this.memory = memory;
        this.blocks = Kernel.LSTM_FORWARD.blocksFor(memory.block);
    }

    /**
     * From the products of a step to its states.
     *
     * @param input the step's input product [B,G·H], or the table
     * @param tokens of the step, for a table; otherwise null
     * @param inputBias null with a table, which holds it
     */
    void forward(
            int layer,
            int step,
            KernelBuffer input,
            KernelBuffer tokens,
            KernelBuffer inputBias,
            KernelBuffer recurrentBias) {
        RnnMemory.Layer own = memory.layers[layer];
        KernelCall call = device.call(forwardKernel(), memory.storage)
                .buffer(input)
                .buffer(tokens)
                .buffer(memory.recurrent)
                .buffer(inputBias)
                .buffer(recurrentBias);
        KernelBuffer factor = memory.rounds() ? own.factorAt[step + 1] : null;
        switch (memory.shape.cell()) {
            case LSTM -> call.buffer(own.cellAt[step]).buffer(own.gatesAt[step]).buffer(own.cellAt[step + 1]);
            case GRU -> call.buffer(own.hiddenAt[step]).buffer(own.gatesAt[step]).buffer(own.newAt[step]);
            case RNN_TANH, RNN_RELU -> {}
        }
        finish(call.buffer(own.hiddenAt[step + 1]).buffer(factor));
    }

    /**
     * From the gradient of a step's h to those of its gates.
     *
     * @param dy gradient of h from above, [B,H]
     */
    void backward(int layer, int step, KernelBuffer dy) {
        RnnMemory.Layer own = memory.layers[layer];
        boolean last = step == memory.spec.steps() - 1;
        KernelCall call = device.call(backwardKernel(), memory.storage).buffer(dy).buffer(last ? null : memory.dRecurrent);
        switch (memory.shape.cell()) {
            case LSTM -> call.buffer(own.cellAt[step]).buffer(own.cellAt[step + 1]).buffer(memory.carried);
            case GRU -> call.buffer(own.hiddenAt[step]).buffer(own.newAt[step]).buffer(memory.carried);
            case RNN_TANH, RNN_RELU -> call.buffer(own.hiddenAt[step + 1]);
        }
        call.buffer(own.gatesAt[step]);
        if (memory.shape.cell() == Cell.GRU) {
            call.buffer(own.hiddenGatesAt[step]);
        }
        finish(call);
    }

    private void finish(KernelCall call) {
        call.integer(memory.spec.batch()).integer(memory.shape.hiddenSize()).launch(blocks);
    }

    private Kernel forwardKernel() {
        return switch (memory.shape.cell()) {
            case LSTM -> Kernel.LSTM_FORWARD;
            case GRU -> Kernel.GRU_FORWARD;
            case RNN_TANH -> Kernel.ELMAN_TANH_FORWARD;
            case RNN_RELU -> Kernel.ELMAN_RELU_FORWARD;
        };
    }

    private Kernel backwardKernel() {
        return switch (memory.shape.cell()) {
            case LSTM -> Kernel.LSTM_BACKWARD;
            case GRU -> Kernel.GRU_BACKWARD;
            case RNN_TANH -> Kernel.ELMAN_TANH_BACKWARD;
            case RNN_RELU -> Kernel.ELMAN_RELU_BACKWARD;
        };
    }
}
