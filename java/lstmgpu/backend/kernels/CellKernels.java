package lstmgpu.backend.kernels;

/**
 * Launches the kernels of one kind of cell, a step at a time; a kind of cell adds the arguments that the others have
 * not.
 */
abstract class CellKernels {
    final RnnMemory memory;
    private final KernelDevice device;
    private final Kernel forward;
    private final Kernel backward;

    /** Null where no unit keeps what it had. */
    private RnnZoneout zoneout;

    CellKernels(KernelDevice device, RnnMemory memory, Kernel forward, Kernel backward) {
        this.device = device;
        this.memory = memory;
        this.forward = forward;
        this.backward = backward;
    }

    /** @param zoneout null where no unit keeps what it had */
    static CellKernels of(KernelDevice device, RnnMemory memory, RnnZoneout zoneout) {
        CellKernels kernels = of(device, memory);
        kernels.zoneout = zoneout;
        return kernels;
    }

    private static CellKernels of(KernelDevice device, RnnMemory memory) {
        return switch (memory.spec.shape().cell()) {
            case LSTM -> new LstmCell(device, memory);
            case GRU -> new GruCell(device, memory);
            case RNN_TANH -> new ElmanCell(device, memory, Kernel.ELMAN_TANH_FORWARD, Kernel.ELMAN_TANH_BACKWARD);
            case RNN_RELU -> new ElmanCell(device, memory, Kernel.ELMAN_RELU_FORWARD, Kernel.ELMAN_RELU_BACKWARD);
            case LSTM_COUPLED -> new CoupledLstmCell(device, memory);
            case LSTM_PEEPHOLE -> new PeepholeLstmCell(device, memory);
            case LSTM_LAYER_NORM -> new LayerNormLstmCell(device, memory);
        };
    }

    /** Of a launch; a thread takes a unit of a sequence. */
    long blocks(Kernel kernel) {
        return kernel.blocksFor(memory.unitBlock());
    }

    /** What a forward kernel takes between the biases and h. */
    abstract void addForward(KernelCall call, int layer, int step, RnnTensors weights);

    /** What a backward kernel takes behind the gradients of h. */
    abstract void addBackward(KernelCall call, int layer, int step, RnnTensors weights);

    /**
     * The step's states, before a projection of h, from the input's side and the product of W_hh with the h before,
     * which lies in {@link RnnMemory#recurrent}.
     *
     * @param input [B,G·H], or with tokens a table [V,G·H]
     * @param tokens INT32 [B] or null
     */
    final void forward(int layer, int step, KernelBuffer input, KernelBuffer tokens, RnnTensors weights) {
        KernelCall call = device.call(forward, memory.storage).buffer(input);
        if (memory.spec.shape().takesTable()) {
            call.buffer(tokens);
        }
        call.buffer(memory.recurrent)
                .buffer(tokens == null ? weights.inputBiases()[layer] : null)
                .buffer(weights.recurrentBiases()[layer]);
        addForward(call, layer, step, weights);
        call.buffer(memory.cellOutput(layer, step))
                .buffer(zoneout == null ? memory.cellOutputFactor(layer, step) : null);
        launch(call, forward);
        if (zoneout != null) {
            zoneout.forward(layer, step);
        }
    }

    /**
     * The gradients of the step's gates.
     *
     * @param dy gradient of the step's h, before a projection, from above, [B,H]
     * @param dRecurrent that from the step after through W_hh, [B,H]; becomes arbitrary; null at the last step
     */
    final void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent, RnnTensors weights) {
        KernelBuffer slopes = dy;
        if (zoneout != null) {
            zoneout.backward(layer, step, dy, dRecurrent);
            slopes = memory.zoneoutSlopes;
        }
        KernelCall call = device.call(backward, memory.storage).buffer(slopes).buffer(dRecurrent);
        addBackward(call, layer, step, weights);
        launch(call, backward);
    }

    private void launch(KernelCall call, Kernel kernel) {
        call.integer(memory.spec.batch())
                .integer(memory.spec.shape().hiddenSize())
                .launch(blocks(kernel));
    }
}
