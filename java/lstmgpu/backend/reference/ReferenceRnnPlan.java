package lstmgpu.backend.reference;

import java.util.Arrays;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Philox;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;

/** A stack of recurrent layers, one after the other, each over all its steps. */
public class ReferenceRnnPlan implements RnnPlan {
    private final ReferenceMemory memory;
    private final RnnSpec spec;
    private final StepClock clock;
    private final ParameterLayout layout;
    final ReferenceLayer[] layers;

    /** What entered each layer in the last forward, [L][T][B][I or H]. */
    private final double[][][][] inputs;

    /** What dropout multiplied each layer's output with in the last forward, [L][T][B][H]. */
    private final double[][][][] masks;

    private final double[][][] initialHidden;
    private final double[][][] initialCell;
    private final ReferenceBuffer output;
    private boolean hasRun;
    private boolean hasTape;
    private boolean closed;

    ReferenceRnnPlan(ReferenceMemory memory, RnnSpec spec, StepClock clock, ReferenceCell cell) {
        if (clock == null && spec.drops()) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        RnnShape shape = spec.shape();
        this.memory = memory;
        this.spec = spec;
        this.clock = clock;
        this.layout = ParameterLayout.ofRnn(shape);
        this.layers = new ReferenceLayer[shape.layers()];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = new ReferenceLayer(cell, spec);
        }
        this.inputs = new double[layers.length][][][];
        this.masks = new double[layers.length][][][];
        this.initialHidden = new double[layers.length][spec.batch()][shape.hiddenSize()];
        this.initialCell = new double[layers.length][spec.batch()][shape.hiddenSize()];
        this.output = memory.alloc(ElementType.FLOAT32, (long) spec.tokens() * shape.hiddenSize());
    }

    /**
     * What a plan and its last forward hold: y, the states, what the cells keep, what entered each layer and its masks.
     */
    static long bytes(RnnSpec spec) {
        RnnShape shape = spec.shape();
        int hidden = shape.hiddenSize();
        long steps = spec.steps();
        long values = steps * hidden;
        for (int layer = 0; layer < shape.layers(); layer++) {
            long inputs = layer == 0 ? shape.inputSize() : hidden;
            values += hidden * (2 * (steps + 2) + steps * shape.cell().kept()) + steps * inputs;
        }
        return Math.multiplyExact(values * spec.batch(), Double.BYTES);
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        requireOpen();
        ReferenceBuffer weights = memory.floats(parameters, layout.length(), "parameters");
        for (int l = 0; l < layers.length; l++) {
            ReferenceArrays.copy(initialHidden[l], layers[l].h[0]);
            ReferenceArrays.copy(initialCell[l], layers[l].c[0]);
            inputs[l] = l == 0 ? features(input) : dropped(l - 1);
            layers[l].forward(source(l, weights, input, null, null), recurrent(weights, l));
        }
        for (int n = 0; n < spec.tokens(); n++) {
            double[] h = layers[layers.length - 1].h[n / spec.batch() + 1][n % spec.batch()];
            for (int j = 0; j < h.length; j++) {
                output.set(n * h.length + j, h[j]);
            }
        }
        hasRun = true;
        hasTape = true;
        return output;
    }

    @Override
    public void backward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
        requireOpen();
        if (!spec.training() || !hasTape) {
            throw new IllegalStateException("backward needs a training plan whose last call was forward");
        }
        hasTape = false;
        ReferenceBuffer weights = memory.floats(parameters, layout.length(), "parameters");
        ReferenceBuffer slopes = memory.floats(gradients, layout.length(), "gradients");
        int hiddenSize = spec.shape().hiddenSize();
        double[][][] dy = unpacked(memory.floats(dOutput, (long) spec.tokens() * hiddenSize, "dOutput"), hiddenSize);
        for (int l = layers.length - 1; l >= 0; l--) {
            double[][][] dx =
                    new double[spec.steps()][spec.batch()][spec.shape().inputOf(l)];
            ReferenceInput source = source(l, weights, input, slopes, dx);
            layers[l].backward(source, recurrent(weights, l), dy, recurrent(slopes, l));
            if (l > 0) {
                ReferenceArrays.multiply(dx, masks[l - 1]);
                dy = dx;
            } else if (input instanceof RnnInput.Features features && features.dx() != null) {
                ReferenceArrays.pack(dx, memory.floats(features.dx(), inputLength(), "dx"));
            }
        }
    }

    @Override
    public void carryState() {
        requireOpen();
        if (!hasRun) {
            throw new IllegalStateException("there is no state to carry before the first forward");
        }
        for (int l = 0; l < layers.length; l++) {
            ReferenceArrays.copy(layers[l].h[spec.steps()], initialHidden[l]);
            ReferenceArrays.copy(layers[l].c[spec.steps()], initialCell[l]);
        }
        hasTape = false;
    }

    @Override
    public void resetState() {
        int states = states();
        writeExactState(new double[states], new double[spec.shape().cell().hasCellState() ? states : 0]);
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        requireOpen();
        int step = memory.ints(clock.counters(), 3, "clock").getInt(StepClock.STEP);
        for (int sequence = 0; sequence < spec.batch(); sequence++) {
            if (ReferenceRandom.chance(probability, seed, Philox.RESET, step, sequence)) {
                for (int l = 0; l < layers.length; l++) {
                    Arrays.fill(initialHidden[l][sequence], 0);
                    Arrays.fill(initialCell[l][sequence], 0);
                }
            }
        }
        hasTape = false;
    }

    @Override
    public RnnState readState() {
        return new RnnState(ReferenceArrays.toFloats(readExactHidden()), ReferenceArrays.toFloats(readExactCell()));
    }

    @Override
    public void writeState(RnnState state) {
        writeExactState(ReferenceArrays.toDoubles(state.hidden()), ReferenceArrays.toDoubles(state.cell()));
    }

    /** The hidden state of {@link #readState}, unrounded. */
    public double[] readExactHidden() {
        requireOpen();
        return ReferenceArrays.flatten(initialHidden);
    }

    /** The cell state of {@link #readState}, unrounded. */
    public double[] readExactCell() {
        requireOpen();
        return spec.shape().cell().hasCellState() ? ReferenceArrays.flatten(initialCell) : new double[0];
    }

    /** {@link #writeState}, unrounded. */
    public void writeExactState(double[] hidden, double[] cell) {
        requireOpen();
        int cells = spec.shape().cell().hasCellState() ? states() : 0;
        if (hidden.length != states() || cell.length != cells) {
            throw new IllegalArgumentException("a state of "
                    + hidden.length
                    + " hidden and "
                    + cell.length
                    + " cell values does not fit; "
                    + states()
                    + " and "
                    + cells
                    + " are needed");
        }
        ReferenceArrays.unflatten(hidden, initialHidden);
        if (cells > 0) {
            ReferenceArrays.unflatten(cell, initialCell);
        }
        hasTape = false;
    }

    @Override
    public void close() {
        closed = true;
        output.close();
    }

    private void requireOpen() {
        memory.requireOpen();
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
    }

    private long inputLength() {
        return (long) spec.tokens() * spec.shape().inputSize();
    }

    private int states() {
        return layers.length * spec.batch() * spec.shape().hiddenSize();
    }

    private double[][][] features(RnnInput input) {
        boolean table = input instanceof RnnInput.Table;
        if (table != spec.tableSize() > 0) {
            throw new IllegalArgumentException("the plan was made for " + (table ? "features" : "a table"));
        }
        return input instanceof RnnInput.Features features
                ? unpacked(
                        memory.floats(features.x(), inputLength(), "x"),
                        spec.shape().inputSize())
                : null;
    }

    /** The output of layer {@code l} after dropout; draws the mask. */
    private double[][][] dropped(int l) {
        double p = spec.training() ? spec.dropout().probability() : 0;
        int step = p > 0 ? memory.ints(clock.counters(), 3, "clock").getInt(StepClock.STEP) : 0;
        int hiddenSize = spec.shape().hiddenSize();
        double[][][] out = new double[spec.steps()][spec.batch()][hiddenSize];
        masks[l] = new double[spec.steps()][spec.batch()][hiddenSize];
        for (int t = 0; t < spec.steps(); t++) {
            for (int b = 0; b < spec.batch(); b++) {
                for (int j = 0; j < hiddenSize; j++) {
                    long element = ((long) t * spec.batch() + b) * hiddenSize + j;
                    masks[l][t][b][j] = dropoutFactor(p, l, step, element);
                    out[t][b][j] = layers[l].h[t + 1][b][j];
                }
            }
        }
        ReferenceArrays.multiply(out, masks[l]);
        return out;
    }

    private double[][][] unpacked(ReferenceBuffer source, int size) {
        double[][][] values = new double[spec.steps()][spec.batch()][size];
        ReferenceArrays.unpack(source, values);
        return values;
    }

    double dropoutFactor(double p, int layer, int step, long element) {
        return ReferenceRandom.dropoutFactor(p, spec.dropout().seed(), layer, step, element);
    }

    private ReferenceInput source(
            int l, ReferenceBuffer weights, RnnInput input, ReferenceBuffer slopes, double[][][] dx) {
        if (l == 0 && input instanceof RnnInput.Table table) {
            long rows = (long) spec.tableSize() * spec.shape().gateRows();
            return new ReferenceInput.Table(
                    memory.floats(table.table(), rows, "table"),
                    memory.ints(table.tokens(), spec.tokens(), "tokens"),
                    spec.tableSize(),
                    spec.batch(),
                    slopes == null ? null : memory.floats(table.dTable(), rows, "dTable"));
        }
        return new ReferenceInput.Dense(
                inputs[l],
                view(weights, CellTensor.INPUT_WEIGHT.in(l)),
                view(weights, CellTensor.INPUT_BIAS.in(l)),
                dx,
                view(slopes, CellTensor.INPUT_WEIGHT.in(l)),
                view(slopes, CellTensor.INPUT_BIAS.in(l)));
    }

    private ReferenceLayer.Recurrent recurrent(ReferenceBuffer buffer, int l) {
        return new ReferenceLayer.Recurrent(
                view(buffer, CellTensor.RECURRENT_WEIGHT.in(l)), view(buffer, CellTensor.RECURRENT_BIAS.in(l)));
    }

    private ReferenceBuffer view(ReferenceBuffer buffer, String name) {
        ParameterLayout.Slot slot = layout.slot(name);
        return buffer == null ? null : buffer.slice(slot.offset(), slot.length());
    }
}
