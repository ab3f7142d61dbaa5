package lstmgpu.backend;

/** The loop over layers, written once for every device that has {@link RnnSteps}. */
public final class LayeredRnnPlan implements RnnPlan {
    private final RnnSpec spec;
    private final RnnSteps kernels;
    private final boolean dropout;

    public LayeredRnnPlan(RnnSpec spec, RnnSteps kernels) {
        this.spec = spec;
        this.kernels = kernels;
        this.dropout = spec.drops();
    }

    /** What computes it. */
    public RnnSteps kernels() {
        return kernels;
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        spec.requireLengths(input);
        kernels.startForward(parameters, input);
        int layers = spec.shape().layers();
        for (int layer = 0; layer < layers; layer++) {
            kernels.projectInput(layer);
            kernels.stepsForward(layer, spec.steps());
            if (dropout && layer < layers - 1) {
                kernels.dropoutForward(layer);
            }
        }
        return kernels.output();
    }

    @Override
    public void backward(
            DeviceBuffer parameters,
            RnnInput input,
            DeviceBuffer dOutput,
            DeviceBuffer gradients,
            LayerListener whole) {
        if (!spec.training()) {
            throw new IllegalStateException("this plan was made for forward only");
        }
        kernels.startBackward(parameters, input, dOutput, gradients);
        for (int layer = spec.shape().layers() - 1; layer >= 0; layer--) {
            kernels.stepsBackward(layer, spec.steps());
            kernels.weightGradients(layer);
            whole.layer(layer);
            if (layer > 0 || input instanceof RnnInput.Features features && features.dx() != null) {
                kernels.inputGradient(layer);
            }
            if (dropout && layer > 0) {
                kernels.dropoutBackward(layer - 1);
            }
        }
    }

    @Override
    public void carryState() {
        spec.requireCarries();
        kernels.carryState();
    }

    @Override
    public void resetState() {
        kernels.resetState();
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        kernels.resetSequences(probability, seed, clock);
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        spec.requireCarries();
        kernels.storeState(hidden, cell);
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        spec.requireCarries();
        kernels.takeState(hidden, cell);
    }

    @Override
    public RnnState readState() {
        return kernels.readState();
    }

    @Override
    public void writeState(RnnState state) {
        spec.requireState(state);
        kernels.writeState(state);
    }

    @Override
    public RnnState readState(int sequence) {
        spec.requireSequence(sequence);
        return kernels.readState(sequence);
    }

    @Override
    public void writeState(int sequence, RnnState state) {
        spec.requireSequence(sequence, state);
        kernels.writeState(sequence, state);
    }

    @Override
    public void close() {
        kernels.close();
    }
}
