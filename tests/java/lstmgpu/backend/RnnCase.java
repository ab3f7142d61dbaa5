package lstmgpu.backend;

import java.util.Arrays;
import java.util.Optional;

/**
 * A recurrent stack over two stretches of a sequence with carried state, which some sequences lose between them, and
 * added gradients, then one from zero.
 *
 * @param keeping null where no unit keeps what it had
 * @param tableSize 0 for features
 */
record RnnCase(
        RnnShape shape,
        int steps,
        int batch,
        float dropout,
        Zoneout keeping,
        boolean training,
        int tableSize,
        long seed,
        Way way)
        implements ConformanceCase {
    private static final float RESET = 0.4f;

    /** Whole-sequence kernels take multiples of so many units. */
    private static final int SEQUENCE_UNITS = 64;

    RnnCase(RnnShape shape, int steps, int batch, float dropout, boolean training, int tableSize, long seed) {
        this(shape, steps, batch, dropout, null, training, tableSize, seed, Way.PLAIN);
    }

    /** The same with units that keep what they had. */
    RnnCase keeping(Zoneout zoneout) {
        return new RnnCase(shape, steps, batch, dropout, zoneout, training, tableSize, seed, way);
    }

    @Override
    public Optional<ConformanceCase> in(Way other) {
        return has(shape, steps, training, tableSize, other) && (keeping == null || hasZoneout(other))
                ? Optional.of(new RnnCase(shape, steps, batch, dropout, keeping, training, tableSize, seed, other))
                : Optional.empty();
    }

    /**
     * Whether there is such a way. cuDNN takes no tables. A rounded factor may switch a unit of RNN_RELU on or off, and
     * with it a gradient, to which no tolerance of a smooth function applies; in bfloat16 a badly conditioned one is
     * off by more than the tolerance after many steps, in exact sums too. Its products are those of RNN_TANH. With one
     * hidden unit and rounded factors a state or a gradient is one sum that may cancel, with nothing to measure it by.
     * Whole-sequence kernels compute layers of some sizes.
     */
    static boolean has(RnnShape shape, int steps, boolean training, int tableSize, Way other) {
        boolean table = other.rnn() == RnnImplementation.CUDNN && tableSize > 0;
        boolean relu = shape.cell() == Cell.RNN_RELU;
        boolean switches = relu && training && other.precision() != Precision.FP32;
        boolean unstable = relu && steps > 7 && other.precision() == Precision.BF16;
        boolean single = other.precision() != Precision.FP32 && shape.hiddenSize() == 1;
        boolean absent = other.rnn() == RnnImplementation.CUDNN && !shape.cell().isIn(Cell.Plan.CUDNN)
                || other.rnn() == RnnImplementation.SEQUENCE && !shape.cell().isIn(Cell.Plan.SEQUENCE);
        boolean misfit = other.rnn() == RnnImplementation.SEQUENCE && shape.hiddenSize() % SEQUENCE_UNITS != 0;
        boolean projects = shape.projects()
                && (other.rnn() == RnnImplementation.CUDNN || other.rnn() == RnnImplementation.SEQUENCE);
        return !(absent || projects || table || switches || unstable || single || misfit);
    }

    static boolean hasZoneout(Way way) {
        return way.rnn() != RnnImplementation.CUDNN && way.rnn() != RnnImplementation.SEQUENCE;
    }

    @Override
    public void run(Backend backend, GuardedMemory memory) {
        TestData data = new TestData(seed);
        RnnSpec spec = (training
                        ? RnnSpec.training(shape, steps, batch, way.precision())
                        : RnnSpec.forward(shape, steps, batch, way.precision()))
                .withDropout(dropout, seed << 17, (seed >> 1) % 2 == 0)
                .withZoneout(keeping == null ? Zoneout.NONE : keeping)
                .withTable(tableSize)
                .in(share())
                .by(way.rnn());
        Run run = new Run(backend, memory, data, backend.recurrence().rnnLayout(shape), spec);
        try (StepClock clock = new StepClock(backend);
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, clock)) {
            clock.set(11, 0, 0);
            plan.writeState(
                    new RnnState(data.uniform(spec.hiddenStates(), -1, 1), data.uniform(spec.cellStates(), -1, 1)));
            run.stretch(plan, "first");
            plan.carryState();
            run.storeAndTake(plan);
            run.recordState(plan, "carried");
            backend.optimisation().advance(clock, 100);
            plan.resetSequences(RESET, seed << 17, clock);
            run.recordState(plan, "some sequences from zero");
            exchangeSequences(plan, data);
            run.recordState(plan, "a sequence from another place");
            run.stretch(plan, "second");
            plan.resetState();
            run.recordState(plan, "reset");
            run.forward(plan, "from zero");
        }
    }

    /** The last sequence goes on where the first is, and the first from somewhere else. */
    private void exchangeSequences(RnnPlan plan, TestData data) {
        int shown = shape.layers() * shape.shownSize();
        int units = shape.cell().hasCellState() ? shape.layers() * shape.hiddenSize() : 0;
        plan.writeState(batch - 1, plan.readState(0));
        plan.writeState(0, new RnnState(data.uniform(shown, -1, 1), data.uniform(units, -1, 1)));
    }

    /** Half of the cases are a share in the middle of a larger batch. */
    private BatchShare share() {
        return seed % 2 == 0 ? BatchShare.whole(batch) : new BatchShare(3, batch + 5);
    }

    @Override
    public long depth() {
        // A product sums over inputs or units, a weight's gradient over the sequences of all steps.
        return (long) Math.max(Math.max(shape.inputSize(), shape.hiddenSize()), batch) * steps;
    }

    /** The buffers of one run of the case. */
    private static final class Run {
        private final Backend backend;
        private final GuardedMemory memory;
        private final TestData data;
        private final ParameterLayout layout;
        private final RnnSpec spec;
        private final DeviceBuffer parameters;
        private final DeviceBuffer gradients;
        private final DeviceBuffer table;
        private final DeviceBuffer dTable;

        Run(Backend backend, GuardedMemory memory, TestData data, ParameterLayout layout, RnnSpec spec) {
            this.backend = backend;
            this.memory = memory;
            this.data = data;
            this.layout = layout;
            this.spec = spec;
            this.parameters = memory.input("parameters", weights());
            this.gradients = memory.scratch("gradients", new float[(int) layout.length()]);
            int rows = spec.tableSize() * spec.shape().gateRows();
            this.table = rows == 0 ? null : memory.input("table", data.uniform(rows, -1, 1));
            this.dTable = rows == 0 || !spec.training() ? null : memory.scratch("dTable", new float[rows]);
        }

        /** The state goes through device memory, and comes back as it was. */
        void storeAndTake(RnnPlan plan) {
            int cells = spec.cellStates();
            DeviceBuffer hidden = memory.scratch("stored hidden", new float[spec.hiddenStates()]);
            DeviceBuffer cell = cells > 0 ? memory.scratch("stored cell", new float[cells]) : null;
            plan.storeState(hidden, cell);
            plan.resetState();
            plan.takeState(hidden, cell);
        }

        /** Zeros in the gaps; NaN where a plan with a table may not look. */
        private float[] weights() {
            float[] flat = new float[(int) layout.length()];
            double bound = 1 / Math.sqrt(spec.shape().hiddenSize());
            for (ParameterLayout.Slot slot : layout.slots()) {
                float[] values = data.uniform((int) slot.length(), -bound, bound);
                if (isReplaced(slot)) {
                    Arrays.fill(values, Float.NaN);
                }
                System.arraycopy(values, 0, flat, (int) slot.offset(), values.length);
            }
            return flat;
        }

        private boolean isReplaced(ParameterLayout.Slot slot) {
            return spec.tableSize() > 0 && slot.name().contains("_ih_l0");
        }

        /** Forward, and backward if the plan is for training. */
        void stretch(RnnPlan plan, String name) {
            RnnInput input = forward(plan, name);
            if (!spec.training()) {
                return;
            }
            int outputs = spec.tokens() * spec.shape().outputSize();
            DeviceBuffer dOutput = memory.input("dOutput " + name, data.normal(outputs, 1));
            plan.backward(parameters, input, dOutput, gradients);
            for (ParameterLayout.Slot slot : layout.slots()) {
                String part = isReplaced(slot) ? " untouched " : " gradients/";
                memory.record(name + part + slot.name(), layout.view(gradients, slot.name()), true);
            }
            requireEmptyGaps();
            if (dTable != null) {
                memory.record(name + " gradients/table", dTable, true);
            }
        }

        RnnInput forward(RnnPlan plan, String name) {
            RnnInput input = input(name);
            DeviceBuffer y = plan.forward(parameters, input);
            if (y.length() != (long) spec.tokens() * spec.shape().outputSize()) {
                throw new AssertionError("y has " + y.length() + " elements");
            }
            memory.record(name + " y", y, false);
            return input;
        }

        private RnnInput input(String name) {
            if (spec.tableSize() > 0) {
                int[] tokens = data.tokens(spec.tokens(), spec.tableSize());
                return new RnnInput.Table(table, memory.input("tokens " + name, tokens), dTable);
            }
            int length = spec.tokens() * spec.shape().inputSize();
            boolean hasGradient = spec.training() && name.equals("first");
            return new RnnInput.Features(
                    memory.input("x " + name, data.normal(length, 1)),
                    hasGradient ? memory.output("dx " + name, length, true) : null);
        }

        /** The states, layer by layer. */
        void recordState(RnnPlan plan, String name) {
            RnnState state = plan.readState();
            record(state.hidden(), spec.shape().shownSize(), name + " h ");
            record(state.cell(), spec.shape().hiddenSize(), name + " c ");
        }

        private void record(float[] states, int width, String name) {
            int perLayer = spec.batch() * width;
            for (int layer = 0; layer < states.length / perLayer; layer++) {
                float[] part = Arrays.copyOfRange(states, layer * perLayer, (layer + 1) * perLayer);
                memory.record(name + layer, part);
            }
        }

        private void requireEmptyGaps() {
            float[] flat = new float[(int) layout.length()];
            backend.download(gradients, flat);
            for (ParameterLayout.Slot slot : layout.slots()) {
                Arrays.fill(flat, (int) slot.offset(), (int) (slot.offset() + slot.length()), 0);
            }
            for (float value : flat) {
                if (value != 0) {
                    throw new AssertionError("a gap between the gradients holds " + value);
                }
            }
        }
    }
}
