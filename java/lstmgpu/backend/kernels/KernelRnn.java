package lstmgpu.backend.kernels;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ParameterLayout;
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
    private final long parameterLength;
    private final RnnMemory memory;
    private final LayerLoop loop;
    private final LayerSequence[] sequences;
    private final CellKernels cell;
    private final RnnProducts products;
    private final RnnStates states;
    private final RnnDropout dropout;
    private final RnnWeightGradients weightGradients;
    private final UnaryOperator<KernelBuffer> copies;
    private final Cuts<RnnTensors> tensors;
    private final Cuts<TokenSteps> tokenSteps;
    private final Cuts<KernelBuffer[]> outputSteps;

    private RnnTensors parameters;
    private KernelBuffer features;
    private KernelBuffer table;
    private TokenSteps tokens;
    private KernelBuffer dOutputs;
    private KernelBuffer[] dOutput;
    private KernelBuffer dFeatures;

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
        this.copies = copies;
        ParameterLayout layout = ParameterLayout.ofRnn(shape);
        this.parameterLength = layout.length();
        this.tensors = new Cuts<>(flat -> RnnTensors.of(flat, layout, shape.layers()));
        this.tokenSteps = new Cuts<>(this::cutTokens);
        this.dropout = new RnnDropout(device, spec, clock);
        this.memory = new RnnMemory(device, spec);
        this.loop = loop;
        this.sequences = loop == null ? null : memory.sequences();
        this.outputSteps = new Cuts<>(all -> Cuts.blocks(all, spec.steps(), memory.unitBlock()));
        this.cell = CellKernels.of(device, memory);
        this.products = new RnnProducts(spec);
        this.states = new RnnStates(device, memory, spec.batch());
        this.weightGradients = new RnnWeightGradients(device, memory, products);
    }

    /** Tokens INT32 [T,B], and their steps. */
    private record TokenSteps(KernelBuffer all, KernelBuffer[] steps) {}

    private TokenSteps cutTokens(KernelBuffer tokens) {
        KernelBuffer[] steps = Cuts.blocks(tokens, spec.steps(), spec.batch());
        return new TokenSteps(tokens.slice(0, spec.tokens()), steps);
    }

    @Override
    public void startForward(DeviceBuffer flat, RnnInput input) {
        parameters = tensors.of(KernelArguments.floats(flat, parameterLength, "parameters"));
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                KernelBuffer x = KernelArguments.floats(in.x(), (long) spec.tokens() * shape.inputSize(), "x");
                features = memory.isFloat() ? x : memory.features;
                if (!memory.isFloat()) {
                    Rounding.round(device, x, features, features.length());
                }
            }
            case RnnInput.Table in -> {
                requireTable(true);
                readTable(in);
            }
        }
    }

    private void readTable(RnnInput.Table input) {
        long length = (long) spec.tableSize() * shape.gateRows();
        table = KernelArguments.floats(input.table(), length, "table");
        tokens = tokensOf(input);
    }

    private TokenSteps tokensOf(RnnInput.Table input) {
        return tokenSteps.of(KernelArguments.ints(input.tokens(), spec.tokens(), "tokens"));
    }

    private void requireTable(boolean given) {
        if (given != readsTable()) {
            throw new IllegalArgumentException("this plan was made for " + (given ? "features" : "a table"));
        }
    }

    private boolean readsTable() {
        return spec.tableSize() > 0;
    }

    @Override
    public void projectInput(int layer) {
        if (layer > 0 || !readsTable()) {
            KernelBuffer weights = factor(parameters.inputWeights()[layer]);
            device.multiply(products.input(layer), inputOf(layer), weights, false, memory.projected);
        }
    }

    /** What a layer reads as a factor, [T,B,I] or [T,B,H]. */
    private KernelBuffer inputOf(int layer) {
        if (layer == 0) {
            return features;
        }
        KernelBuffer dropped = memory.dropped[layer - 1];
        return dropped != null ? dropped : memory.hiddenAfter[layer - 1];
    }

    private KernelBuffer factor(KernelBuffer weights) {
        return memory.isFloat() ? weights : copies.apply(weights);
    }

    @Override
    public void stepsForward(int layer, int steps) {
        if (loop == null) {
            RnnSteps.super.stepsForward(layer, steps);
            return;
        }
        boolean fromTable = layer == 0 && readsTable();
        loop.forward(
                fromTable ? table : memory.projected,
                fromTable ? tokens.all() : null,
                factor(parameters.recurrentWeights()[layer]),
                fromTable ? null : parameters.inputBiases()[layer],
                parameters.recurrentBiases()[layer],
                sequences[layer]);
    }

    @Override
    public void stepForward(int layer, int step) {
        KernelBuffer weights = factor(parameters.recurrentWeights()[layer]);
        device.multiply(products.step(), memory.hiddenFactors[layer][step], weights, false, memory.recurrent);
        boolean fromTable = layer == 0 && readsTable();
        cell.forward(
                layer,
                step,
                fromTable ? table : memory.projectedSteps[step],
                fromTable ? tokens.steps()[step] : null,
                fromTable ? null : parameters.inputBiases()[layer],
                parameters.recurrentBiases()[layer]);
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
    public void startBackward(DeviceBuffer flat, RnnInput input, DeviceBuffer dOutputGiven, DeviceBuffer gradients) {
        parameters = tensors.of(KernelArguments.floats(flat, parameterLength, "parameters"));
        dOutputs = KernelArguments.floats(dOutputGiven, spec.steps() * memory.unitBlock(), "dOutput");
        dOutput = outputSteps.of(dOutputs);
        RnnTensors sums = tensors.of(KernelArguments.floats(gradients, parameterLength, "gradients"));
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                long length = (long) spec.tokens() * shape.inputSize();
                dFeatures = KernelArguments.floatsOrNull(in.dx(), length, "dx");
                weightGradients.start(sums);
            }
            case RnnInput.Table in -> {
                requireTable(true);
                long length = (long) spec.tableSize() * shape.gateRows();
                KernelBuffer dTable = KernelArguments.floats(in.dTable(), length, "dTable");
                weightGradients.start(sums, tokensOf(in).all(), dTable);
            }
        }
    }

    @Override
    public void stepsBackward(int layer, int steps) {
        if (loop == null) {
            RnnSteps.super.stepsBackward(layer, steps);
            return;
        }
        KernelBuffer dy = layer == last ? dOutputs : memory.dHidden;
        loop.backward(dy, factor(parameters.recurrentWeights()[layer]), sequences[layer]);
    }

    @Override
    public void stepBackward(int layer, int step) {
        KernelBuffer dy = layer == last ? dOutput[step] : memory.dHiddenSteps[step];
        cell.backward(layer, step, dy, step == spec.steps() - 1 ? null : memory.dRecurrent);
        if (step > 0) {
            KernelBuffer weights = factor(parameters.recurrentWeights()[layer]);
            device.multiply(
                    products.stepGradient(), memory.hiddenGates[layer][step], weights, false, memory.dRecurrent);
        }
    }

    @Override
    public void weightGradients(int layer) {
        weightGradients.add(layer, layer == 0 && readsTable() ? null : inputOf(layer));
    }

    @Override
    public void inputGradient(int layer) {
        KernelBuffer weights = factor(parameters.inputWeights()[layer]);
        KernelBuffer dx = layer > 0 ? memory.dHidden : dFeatures;
        device.multiply(products.inputGradient(layer), memory.allGates[layer], weights, false, dx);
    }

    @Override
    public void dropoutBackward(int layer) {
        dropout.apply(layer, memory.dHidden, memory.dHidden);
    }

    /** What the layers read and carry, for a loop over tokens. */
    public List<LayerBuffers> layers(DeviceBuffer flat) {
        RnnTensors all = tensors.of(KernelArguments.floats(flat, parameterLength, "parameters"));
        return IntStream.range(0, shape.layers())
                .mapToObj(layer -> new LayerBuffers(
                        factor(all.inputWeights()[layer]),
                        factor(all.recurrentWeights()[layer]),
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
    public RnnState readState() {
        return states.read();
    }

    @Override
    public void writeState(RnnState state) {
        states.write(state);
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
