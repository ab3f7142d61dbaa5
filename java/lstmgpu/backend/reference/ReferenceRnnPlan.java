package lstmgpu.backend.reference;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.StepClock;

/** A stack of recurrent layers, one after the other, each over all its steps and in each of its directions. */
public class ReferenceRnnPlan implements RnnPlan {
    private final ReferenceMemory memory;
    private final RnnSpec spec;
    private final StepClock clock;
    private final ParameterLayout layout;
    private final int directions;

    /** [L·D], the directions of a layer together. */
    final ReferenceLayer[] layers;

    /** What entered each layer in the last forward, [L][T][B][I or D·R]. */
    private final double[][][][] inputs;

    /** What dropout multiplied each layer's output with in the last forward, [L][T][B][D·R]. */
    private final double[][][][] masks;

    private final ReferenceStates states;
    private final ReferenceBuffer output;
    private boolean hasRun;
    private boolean hasTape;
    private boolean closed;

    ReferenceRnnPlan(ReferenceMemory memory, RnnSpec spec, StepClock clock, ReferenceCell cell) {
        spec.requireClock(clock);
        RnnShape shape = spec.shape();
        this.memory = memory;
        this.spec = spec;
        this.clock = clock;
        this.layout = ParameterLayout.ofRnn(shape);
        this.directions = shape.directions();
        this.layers = new ReferenceLayer[shape.layers() * directions];
        for (int number = 0; number < layers.length; number++) {
            ReferenceZoneout zoneout = spec.zoneout().acts() ? zoneout(spec, number) : null;
            layers[number] = new ReferenceLayer(cell, spec, zoneout, isReverse(number));
        }
        this.inputs = new double[shape.layers()][][][];
        this.masks = new double[shape.layers()][][][];
        this.states = new ReferenceStates(spec, layers.length);
        this.output = memory.alloc(ElementType.FLOAT32, (long) spec.tokens() * shape.outputSize());
    }

    @Override
    public RnnSpec spec() {
        return spec;
    }

    @Override
    public DeviceBuffer forward(DeviceBuffer parameters, RnnInput input) {
        requireOpen();
        spec.requireLengths(input);
        ReferenceTensors weights =
                new ReferenceTensors(layout, memory.floats(parameters, layout.length(), "parameters"));
        int[] lengths = ReferenceInput.lengths(memory, spec, input);
        double[][][] y = null;
        for (int l = 0; l < inputs.length; l++) {
            inputs[l] = l == 0 ? features(input) : dropped(l - 1, y);
            y = new double[spec.steps()][spec.batch()][spec.shape().outputSize()];
            for (int number = l * directions; number < (l + 1) * directions; number++) {
                states.begin(number, layers[number]);
                layers[number].forward(
                        source(number, weights, input, null, null), weights.recurrent(l, isReverse(number)), lengths);
                layers[number].output(y, firstUnit(number));
            }
        }
        ReferenceArrays.pack(y, output);
        hasRun = true;
        hasTape = true;
        return output;
    }

    @Override
    public void backward(
            DeviceBuffer parameters,
            RnnInput input,
            DeviceBuffer dOutput,
            DeviceBuffer gradients,
            LayerListener whole) {
        requireOpen();
        if (!spec.training() || !hasTape) {
            throw new IllegalStateException("backward needs a training plan whose last call was forward");
        }
        hasTape = false;
        ReferenceTensors weights =
                new ReferenceTensors(layout, memory.floats(parameters, layout.length(), "parameters"));
        ReferenceTensors slopes = new ReferenceTensors(layout, memory.floats(gradients, layout.length(), "gradients"));
        int units = spec.shape().outputSize();
        double[][][] dy = unpacked(memory.floats(dOutput, (long) spec.tokens() * units, "dOutput"), units);
        for (int l = inputs.length - 1; l >= 0; l--) {
            double[][][] dx =
                    new double[spec.steps()][spec.batch()][spec.shape().inputOf(l)];
            for (int number = l * directions; number < (l + 1) * directions; number++) {
                layers[number].backward(
                        source(number, weights, input, slopes, dx),
                        weights.recurrent(l, isReverse(number)),
                        dy,
                        firstUnit(number),
                        slopes.recurrent(l, isReverse(number)));
            }
            whole.layer(l);
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
        spec.requireCarries();
        if (!hasRun) {
            throw new IllegalStateException("there is no state to carry before the first forward");
        }
        states.carry(layers);
        hasTape = false;
    }

    @Override
    public void resetState() {
        requireOpen();
        states.clear();
        hasTape = false;
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock clock) {
        requireOpen();
        states.reset(
                probability, seed, memory.ints(clock.counters(), 3, "clock").getInt(StepClock.STEP));
        hasTape = false;
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        requireOpen();
        spec.requireCarries();
        states.store(memory, hidden, cell);
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        requireOpen();
        spec.requireCarries();
        states.take(memory, hidden, cell);
        hasTape = false;
    }

    @Override
    public RnnState readState() {
        return new RnnState(ReferenceArrays.toFloats(readExactHidden()), ReferenceArrays.toFloats(readExactCell()));
    }

    @Override
    public void writeState(RnnState state) {
        spec.requireState(state);
        writeExactState(ReferenceArrays.toDoubles(state.hidden()), ReferenceArrays.toDoubles(state.cell()));
    }

    /** The hidden state of {@link #readState}, unrounded. */
    public double[] readExactHidden() {
        requireOpen();
        return states.hidden();
    }

    /** The cell state of {@link #readState}, unrounded. */
    public double[] readExactCell() {
        requireOpen();
        return states.cell();
    }

    /** {@link #writeState}, unrounded. */
    public void writeExactState(double[] hidden, double[] cell) {
        requireOpen();
        states.write(hidden, cell);
        hasTape = false;
    }

    @Override
    public void writeState(int sequence, RnnState state) {
        spec.requireSequence(sequence, state);
        requireOpen();
        states.write(sequence, state);
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

    private boolean isReverse(int number) {
        return number % directions > 0;
    }

    /** Where a direction's units begin in its layer's output. */
    private int firstUnit(int number) {
        return isReverse(number) ? spec.shape().shownSize() : 0;
    }

    private long inputLength() {
        return (long) spec.tokens() * spec.shape().inputSize();
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

    /** The output y of layer {@code l} after dropout; draws the mask. */
    private double[][][] dropped(int l, double[][][] y) {
        double p = spec.training() ? spec.dropout().probability() : 0;
        int step = p > 0 ? clockStep() : 0;
        int units = spec.shape().outputSize();
        masks[l] = new double[spec.steps()][spec.batch()][units];
        for (int t = 0; t < spec.steps(); t++) {
            for (int b = 0; b < spec.batch(); b++) {
                for (int j = 0; j < units; j++) {
                    int drawn = spec.dropout().locked() ? 0 : t;
                    long row = (long) drawn * spec.share().all() + spec.share().first() + b;
                    masks[l][t][b][j] = dropoutFactor(p, l, step, row * units + j);
                }
            }
        }
        ReferenceArrays.multiply(y, masks[l]);
        return y;
    }

    final int clockStep() {
        return memory.ints(clock.counters(), 3, "clock").getInt(StepClock.STEP);
    }

    /** What the units of a layer's direction keep. */
    ReferenceZoneout zoneout(RnnSpec use, int number) {
        return new ReferenceZoneout(use, number, this::clockStep);
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
            int number, ReferenceTensors weights, RnnInput input, ReferenceTensors slopes, double[][][] dx) {
        int l = number / directions;
        boolean reverse = isReverse(number);
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
                weights.of(CellTensor.INPUT_WEIGHT, l, reverse),
                weights.inputBias(l, reverse),
                dx,
                slopes == null ? null : slopes.of(CellTensor.INPUT_WEIGHT, l, reverse),
                slopes == null ? null : slopes.inputBias(l, reverse));
    }
}
