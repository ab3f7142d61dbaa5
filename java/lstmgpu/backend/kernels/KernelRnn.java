package lstmgpu.backend.kernels;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.RnnSteps;
import lstmgpu.backend.StepClock;

/**
 * The fused plan, and with a {@link LayerLoop} the plan of whole sequences: the input product of a layer over all steps
 * at once, then a step is one product with W_hh and one kernel for all gates. With a loop all steps are one call. The
 * weights' gradients are products over all steps, in the second queue beside the loop of the layer below.
 */
public final class KernelRnn implements RnnSteps {
    private final KernelDevice device;
    private final RnnSpec spec;
    private final RnnShape shape;
    private final int last;
    private final RnnMemory memory;
    private final LayerLoop loop;
    private final LayerSequence[] sequences;
    private final CellKernels cell;
    private final RnnProducts products;
    private final RnnStates states;

    /** Null where h is not projected. */
    private final RnnProjection projection;

    private final RnnDropout dropout;
    private final RnnWeightGradients weightGradients;
    private final RnnArguments given;

    /**
     * The fused plan.
     *
     * @param clock whose STEP numbers the dropout masks; may be null without dropout
     * @param copies gives the BFLOAT16 stretch that mirrors one of weights, always up to date
     */
    public KernelRnn(KernelDevice device, RnnSpec spec, StepClock clock, UnaryOperator<KernelBuffer> copies) {
        this(device, spec, clock, copies, null);
    }

    /**
     * The plan of whole sequences.
     *
     * @param loop runs the steps of a layer and is closed with this
     */
    public KernelRnn(
            KernelDevice device, RnnSpec spec, StepClock clock, UnaryOperator<KernelBuffer> copies, LayerLoop loop) {
        this.device = device;
        this.spec = spec;
        this.shape = spec.shape();
        this.last = shape.layers() - 1;
        this.dropout = new RnnDropout(device, spec, clock);
        this.memory = new RnnMemory(device, spec);
        this.loop = loop;
        this.sequences = loop == null ? null : memory.sequences();
        this.given = new RnnArguments(device, memory, copies);
        RnnZoneout zoneout = spec.zoneout().acts() ? new RnnZoneout(device, memory, clock) : null;
        this.cell = CellKernels.of(device, memory, zoneout);
        this.products = new RnnProducts(spec);
        this.states = new RnnStates(device, memory, spec.batch(), spec.share());
        this.projection = shape.projects() ? new RnnProjection(device, memory, products) : null;
        this.weightGradients = new RnnWeightGradients(device, memory, products);
    }

    @Override
    public void startForward(DeviceBuffer flat, RnnInput input) {
        given.forward(flat, input);
    }

    @Override
    public void projectInput(int layer) {
        if (layer > 0 || !given.readsTable()) {
            KernelBuffer weights = given.inputWeights(layer);
            device.multiply(products.input(layer), inputOf(layer), weights, false, memory.projected);
        }
    }

    /** What a layer reads as a factor, [T,B,I] or [T,B,R]. */
    private KernelBuffer inputOf(int layer) {
        if (layer == 0) {
            return given.features();
        }
        KernelBuffer dropped = memory.dropped[layer - 1];
        return dropped != null ? dropped : memory.hiddenAfter[layer - 1];
    }

    @Override
    public void stepsForward(int layer, int steps) {
        if (loop == null) {
            RnnSteps.super.stepsForward(layer, steps);
            return;
        }
        boolean fromTable = layer == 0 && given.readsTable();
        loop.forward(
                fromTable ? given.table() : memory.projected,
                fromTable ? given.tokens() : null,
                given.recurrentWeights(layer),
                fromTable ? null : given.parameters().inputBiases()[layer],
                given.parameters().recurrentBiases()[layer],
                sequences[layer]);
    }

    @Override
    public void stepForward(int layer, int step) {
        KernelBuffer weights = given.recurrentWeights(layer);
        device.multiply(products.step(), memory.hiddenFactors[layer][step], weights, false, memory.recurrent);
        boolean fromTable = layer == 0 && given.readsTable();
        cell.forward(
                layer,
                step,
                fromTable ? given.table() : memory.projectedSteps[step],
                fromTable ? given.tokens(step) : null,
                given.parameters());
        if (projection != null) {
            projection.forward(layer, step, given.projection(layer));
        }
    }

    @Override
    public void dropoutForward(int layer) {
        dropout.apply(layer, memory.hiddenAfter[layer], memory.dropped[layer]);
    }

    @Override
    public DeviceBuffer output() {
        return memory.output;
    }

    @Override
    public void startBackward(DeviceBuffer flat, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
        given.backward(flat, input, dOutput, gradients, weightGradients);
    }

    @Override
    public void stepsBackward(int layer, int steps) {
        if (loop == null) {
            RnnSteps.super.stepsBackward(layer, steps);
            return;
        }
        KernelBuffer dy = layer == last ? given.dOutput() : memory.dHidden;
        loop.backward(dy, given.recurrentWeights(layer), sequences[layer]);
    }

    @Override
    public void stepBackward(int layer, int step) {
        if (projection != null) {
            projectedStepBackward(layer, step);
            return;
        }
        KernelBuffer dy = layer == last ? given.dOutput(step) : memory.dHiddenSteps[step];
        cell.backward(layer, step, dy, step == spec.steps() - 1 ? null : memory.dRecurrent, given.parameters());
        if (step > 0) {
            KernelBuffer weights = given.recurrentWeights(layer);
            device.multiply(
                    products.stepGradient(), memory.hiddenGates[layer][step], weights, false, memory.dRecurrent);
        }
    }

    private void projectedStepBackward(int layer, int step) {
        boolean first = step == spec.steps() - 1;
        if (first) {
            projection.begin(layer, layer == last ? given.dOutput() : memory.dHidden);
        }
        projection.backward(layer, step, given.projection(layer));
        KernelBuffer dy = first ? memory.dRecurrent : memory.projection.nothing;
        cell.backward(layer, step, dy, first ? null : memory.dRecurrent, given.parameters());
        if (step > 0) {
            projection.toStepBefore(layer, step, given.recurrentWeights(layer));
        }
    }

    @Override
    public void weightGradients(int layer) {
        weightGradients.add(layer, layer == 0 && given.readsTable() ? null : inputOf(layer));
    }

    @Override
    public void inputGradient(int layer) {
        KernelBuffer weights = given.inputWeights(layer);
        KernelBuffer dx = layer > 0 ? memory.dHidden : given.dFeatures();
        device.multiply(products.inputGradient(layer), memory.allGates[layer], weights, false, dx);
    }

    @Override
    public void dropoutBackward(int layer) {
        dropout.apply(layer, memory.dHidden, memory.dHidden);
    }

    /** What the layers read and carry, for a loop over tokens. */
    public List<LayerBuffers> layers(DeviceBuffer flat) {
        RnnTensors all = given.tensors(flat, "parameters");
        return IntStream.range(0, shape.layers())
                .mapToObj(layer -> new LayerBuffers(
                        given.factor(all.inputWeights()[layer]),
                        given.factor(all.recurrentWeights()[layer]),
                        all.inputBiases()[layer],
                        all.recurrentBiases()[layer],
                        memory.hidden[layer][0],
                        memory.isFloat() ? null : memory.hiddenFactors[layer][0],
                        RnnMemory.at(memory.cell, layer, 0)))
                .toList();
    }

    @Override
    public void carryState() {
        states.carry();
    }

    @Override
    public void resetState() {
        states.reset();
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        states.resetSequences(probability, seed, clock);
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        states.store(hidden, cell);
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        states.take(hidden, cell);
    }

    @Override
    public RnnState readState() {
        return states.read();
    }

    @Override
    public void writeState(RnnState state) {
        states.write(state);
    }

    @Override
    public RnnState readState(int sequence) {
        return states.read(sequence);
    }

    @Override
    public void writeState(int sequence, RnnState state) {
        states.write(sequence, state);
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
        }
        weightGradients.close();
        memory.close();
    }
}
