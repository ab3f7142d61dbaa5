package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** One truncated back-propagation: from inputs and targets to the losses and the gradients of their mean. */
final class GradientPass implements AutoCloseable {
    private final Backend backend;
    private final StepClock clock;
    private final float dropout;
    private final long seed;
    private final int dropoutStream;
    private final DeviceBuffer inputs;
    private final DeviceBuffer targets;
    private final DeviceBuffer gradients;
    private final DeviceBuffer rnnParameters;
    private final DeviceBuffer rnnGradients;
    private final InputLayer inputLayer;
    private final OutputLayer outputLayer;
    private final DeviceBuffer dropped;
    private final RnnPlan plan;

    /**
     * @param clock whose STEP numbers the dropout masks
     * @param seed of the dropout masks
     * @param table whether the first input product is a table
     * @param logitBytes most memory for the logits
     */
    GradientPass(
            LanguageModel model, int steps, int batch, StepClock clock, long seed, boolean table, long logitBytes) {
        this.backend = model.backend();
        this.clock = clock;
        this.seed = seed;
        this.dropout = model.config().dropout();
        this.dropoutStream = model.config().layers() - 1;
        int tokens = Math.multiplyExact(steps, batch);
        this.inputs = backend.alloc(ElementType.INT32, tokens);
        this.targets = backend.alloc(ElementType.INT32, tokens);
        this.gradients = backend.alloc(ElementType.FLOAT32, model.layout().length());
        this.rnnParameters = model.rnnPart(model.parameters());
        this.rnnGradients = model.rnnPart(gradients);
        this.inputLayer = InputLayer.of(model, inputs, gradients, table);
        this.outputLayer = new OutputLayer(model, targets, gradients, logitBytes);
        long outputs = Math.multiplyExact((long) tokens, (long) model.config().hiddenSize());
        this.dropped = dropout > 0 ? backend.alloc(ElementType.FLOAT32, outputs) : null;
        RnnSpec spec = model.trainingSpec(steps, batch, seed).withTable(inputLayer.tableSize());
        this.plan = backend.newRnnPlan(spec, clock);
    }

    /** INT32 [T,B]. */
    DeviceBuffer inputs() {
        return inputs;
    }

    /** INT32 [T,B]. */
    DeviceBuffer targets() {
        return targets;
    }

    /** Laid out as the model's parameters. */
    DeviceBuffer gradients() {
        return gradients;
    }

    /** Nats a token, [T,B]. */
    DeviceBuffer losses() {
        return outputLayer.losses();
    }

    RnnPlan plan() {
        return plan;
    }

    /** Adds to the gradients; the state stays where it was until {@link RnnPlan#carryState}. */
    void run() {
        inputLayer.refresh();
        inputLayer.forward();
        DeviceBuffer y = plan.forward(rnnParameters, inputLayer.input());
        if (dropped != null) {
            backend.dropout(y, dropout, seed, dropoutStream, clock, dropped);
            y = dropped;
        }
        outputLayer.differentiate(y);
        DeviceBuffer dy = outputLayer.outputGradient();
        if (dropped != null) {
            backend.dropout(dy, dropout, seed, dropoutStream, clock, dy);
        }
        inputLayer.clearGradient();
        plan.backward(rnnParameters, inputLayer.input(), dy, rnnGradients);
        inputLayer.backward();
    }

    @Override
    public void close() {
        plan.close();
        outputLayer.close();
        inputLayer.close();
        if (dropped != null) {
            dropped.close();
        }
        gradients.close();
        targets.close();
        inputs.close();
    }
}
