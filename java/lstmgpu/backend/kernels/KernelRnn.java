package lstmgpu.backend.kernels;

import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnKernels;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;

/**
 * The fused plan: the input products of all steps at once, then a step's product and one kernel for everything else in the cell. Weight
 * gradients are products over all steps again, in the second queue, beside the loop of the layer below.
 */
public final class KernelRnn implements RnnKernels {
    private final KernelDevice device;
    private final WeightCopies copies;
    private final ParameterLayout layout;
    private final RnnSpec spec;
    private final StepClock clock;
    private final RnnMemory memory;
    private final RnnProducts products;
    private final CellLaunch cells;
    private final Dropout dropout;
    private final ColumnSum biasGradient;
    private final TokenGradient tableGradient;
    private final KernelBuffer output;
    private final KernelBuffer[] outputs;

    /** What the layer above reads, as a factor. */
    private final KernelBuffer[] read;

    private KernelBuffer parameters;
    private RnnTensors[] weights;
    private KernelBuffer gradients;
    private RnnTensors[] slopes;
    private KernelBuffer tokens;
    private KernelBuffer[] tokensAt;
    private KernelBuffer dOutput;
    private KernelBuffer[] dOutputAt;
    private RnnInput input;

    private KernelRnn(KernelBackend backend, ParameterLayout layout, RnnSpec spec, StepClock clock) {
        this.device = backend.kernelDevice();
        this.copies = backend.weightCopies();
        this.layout = layout;
        this.spec = spec;
        this.clock = clock;
        memory = new RnnMemory(spec, device);
        products = new RnnProducts(spec);
        cells = new CellLaunch(device, memory);
        dropout = new Dropout(device);
        biasGradient = new ColumnSum(device);
        tableGradient = new TokenGradient(device);
        outputs = new KernelBuffer[memory.layers.length];
        read = new KernelBuffer[memory.layers.length];
        for (int layer = 0; layer < outputs.length; layer++) {
            RnnMemory.Layer own = memory.layers[layer];
            outputs[layer] = own.outputs(own.hidden);
            read[layer] = own.dropped != null ? own.dropped : own.outputs(own.factor);
        }
        output = outputs[outputs.length - 1];
    }

    /** A plan whose parameters lie as {@code layout} says. */
    public static RnnPlan plan(KernelBackend backend, ParameterLayout layout, RnnSpec spec, StepClock clock) {
        return new LayeredRnnPlan(spec, new KernelRnn(backend, layout, spec, clock));
    }

    @Override
    public void startForward(DeviceBuffer newParameters, RnnInput newInput) {
        takeParameters(newParameters);
        takeInput(newInput);
        if (memory.features != null) {
            Rounding.round(device, (KernelBuffer) features().x(), memory.features, memory.features.length());
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void takeParameters(DeviceBuffer given) {
        KernelBuffer own = KernelArguments.floats(given, layout.length(), "parameters");
        if (own != parameters) {
            weights = RnnTensors.ofParameters(own, layout, memory.layers.length, memory.storage, copies);
            parameters = own;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private void takeInput(RnnInput given) {
        int rows = spec.tableSize();
        switch (given) {
            case RnnInput.Features in -> {
                requireTable(false);
                long length = (long) spec.tokens() * memory.shape.inputSize();
                KernelArguments.floats(in.x(), length, "x");
                KernelArguments.floatsOrNull(in.dx(), length, "dx");
            }
            case RnnInput.Table in -> {
                requireTable(true);
                long length = (long) rows * memory.gateRows;
                KernelArguments.floats(in.table(), length, "table");
                KernelArguments.floatsOrNull(in.dTable(), length, "dTable");
                KernelBuffer ids = KernelArguments.ints(in.tokens(), spec.tokens(), "tokens");
                if (ids != tokens) {
                    tokensAt = RnnMemory.cut(ids, spec.steps(), spec.batch());
                    tokens = ids;
                }
            }
        }
        input = given;
    }

    private void requireTable(boolean table) {
        if (table != spec.tableSize() > 0) {
            throw new IllegalArgumentException("this plan was made for " + (table ? "features" : "a table"));
        }
    }

    private boolean readsTable(int layer) {
        return layer == 0 && spec.tableSize() > 0;
    }

    private RnnInput.Features features() {
        return (RnnInput.Features) input;
    }

    private RnnInput.Table table() {
        return (RnnInput.Table) input;
    }

    /** What a layer reads as a factor, [T·B, I or H]. */
    private KernelBuffer inputFactor(int layer) {
        if (layer == 0) {
            return memory.features != null ? memory.features : (KernelBuffer) features().x();
        }
        return read[layer - 1];
    }

    @Override
    public void projectInput(int layer) {
        if (!readsTable(layer)) {
            KernelBuffer target = memory.projectedWhole != null ? memory.projectedWhole : memory.layers[layer].gates;
            device.multiply(products.input(layer), inputFactor(layer), weights[layer].inputFactor(), false, target);
        }
    }

    @Override
    public void stepForward(int layer, int step) {
        RnnMemory.Layer own = memory.layers[layer];
        RnnTensors tensors = weights[layer];
        device.multiply(products.recurrent, own.factorAt[step], tensors.recurrentFactor(), false, memory.recurrent);
        if (readsTable(layer)) {
            KernelBuffer table = (KernelBuffer) table().table();
            cells.forward(layer, step, table, tokensAt[step], null, tensors.recurrentBias());
        } else {
            KernelBuffer projected = memory.projectedWhole != null ? memory.projected[step] : own.gatesAt[step];
            cells.forward(layer, step, projected, null, tensors.inputBias(), tensors.recurrentBias());
        }
    }

    @Override
    public void dropoutForward(int layer) {
        KernelBuffer target = memory.unrounded != null ? memory.unrounded : memory.layers[layer].dropped;
        dropout.apply(outputs[layer], spec.dropout(), spec.seed(), layer, clock, target);
        if (memory.unrounded != null) {
            Rounding.round(device, memory.unrounded, memory.layers[layer].dropped, memory.unrounded.length());
        }
    }

    @Override
    public DeviceBuffer output() {
        return output;
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void startBackward(
            DeviceBuffer newParameters, RnnInput newInput, DeviceBuffer newDOutput, DeviceBuffer newGradients) {
        takeParameters(newParameters);
        takeInput(newInput);
        if (readsTable(0)) {
            KernelArguments.floats(table().dTable(), 0, "dTable");
        }
        KernelBuffer dy = KernelArguments.floats(newDOutput, spec.steps() * memory.block, "dOutput");
        if (dy != dOutput) {
            dOutputAt = RnnMemory.cut(dy, spec.steps(), memory.block);
            dOutput = dy;
        }
        KernelBuffer own = KernelArguments.floats(newGradients, layout.length(), "gradients");
        if (own != gradients) {
            slopes = RnnTensors.ofGradients(own, layout, memory.layers.length);
            gradients = own;
        }
    }

    @Override
    public void stepBackward(int layer, int step) {
        boolean top = layer == memory.layers.length - 1;
        cells.backward(layer, step, top ? dOutputAt[step] : memory.belowAt[step]);
        if (step > 0) {
            KernelBuffer slope = memory.layers[layer].hiddenGatesAt[step];
            device.multiply(products.dRecurrent, slope, weights[layer].recurrentFactor(), false, memory.dRecurrent);
        }
    }

    @Override
    public void weightGradients(int layer) {
        RnnMemory.Layer own = memory.layers[layer];
        RnnTensors target = slopes[layer];
        device.beside();
        device.multiply(products.dRecurrentWeight, own.hiddenGates, own.factor, true, target.recurrentWeight());
        boolean shared = memory.shape.cell() != Cell.GRU;
        KernelBuffer also = shared && !readsTable(layer) ? target.inputBias() : null;
        addColumns(own.hiddenGates, target.recurrentBias(), also);
        if (readsTable(layer)) {
            KernelBuffer dTable = (KernelBuffer) table().dTable();
            tableGradient.add(own.gates, memory.storage, tokens, memory.gateRows, dTable);
        } else {
            device.multiply(products.dInputWeight(layer), own.gates, inputFactor(layer), true, target.inputWeight());
            if (!shared) {
                addColumns(own.gates, target.inputBias(), null);
            }
        }
        device.back();
    }

    private void addColumns(KernelBuffer slope, KernelBuffer target, KernelBuffer also) {
        biasGradient.add(slope, memory.storage, spec.tokens(), memory.gateRows, target, also);
    }

    @Override
    public void inputGradient(int layer) {
        KernelBuffer target = layer > 0 ? memory.below : (KernelBuffer) features().dx();
        device.multiply(
                products.dInput(layer), memory.layers[layer].gates, weights[layer].inputFactor(), false, target);
    }

    @Override
    public void dropoutBackward(int layer) {
        dropout.apply(memory.below, spec.dropout(), spec.seed(), layer, clock, memory.below);
    }

    @Override
    public void finishBackward() {
        device.join();
    }

    @Override
    public void carryState() {
        int last = spec.steps();
        for (RnnMemory.Layer layer : memory.layers) {
            device.copy(layer.hiddenAt[last], layer.hiddenAt[0]);
            if (memory.rounds()) {
                device.copy(layer.factorAt[last], layer.factorAt[0]);
            }
            if (layer.cellAt[0] != null) {
                device.copy(layer.cellAt[last], layer.cellAt[0]);
            }
        }
    }

    @Override
    public void resetState() {
        for (RnnMemory.Layer layer : memory.layers) {
            device.zero(layer.hiddenAt[0]);
            if (memory.rounds()) {
                device.zero(layer.factorAt[0]);
            }
            if (layer.cellAt[0] != null) {
                device.zero(layer.cellAt[0]);
            }
        }
    }

    @Override
    public RnnState readState() {
        return RnnStateTransfer.read(device, memory);
    }

    @Override
    public void writeState(RnnState state) {
        RnnStateTransfer.write(state, device, memory);
    }

    @Override
    public void close() {
        memory.close();
        biasGradient.close();
        tableGradient.close();
    }
}
