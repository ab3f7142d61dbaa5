package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Optional;

/**
 * A recurrent stack over sequences that end within the batch: in two directions, or with lengths of their own, or both.
 * What padding holds has no part in anything; only the rows of a table's gradient may be summed up in another order,
 * since tokens of padding lie between others.
 *
 * @param keeping null where no unit keeps what it had
 * @param bounded whether sequences have lengths of their own
 * @param tableSize 0 for features
 */
record BoundedRnnCase(
        RnnShape shape,
        int steps,
        int batch,
        float dropout,
        Zoneout keeping,
        boolean bounded,
        int tableSize,
        long seed,
        Way way)
        implements ConformanceCase {
    /** What padding holds. */
    private static final float LARGE = 1000;

    BoundedRnnCase(RnnShape shape, int steps, int batch, float dropout, boolean bounded, int tableSize, long seed) {
        this(shape, steps, batch, dropout, null, bounded, tableSize, seed, Way.PLAIN);
    }

    /** The same with units that keep what they had. */
    BoundedRnnCase keeping(Zoneout zoneout) {
        return new BoundedRnnCase(shape, steps, batch, dropout, zoneout, bounded, tableSize, seed, way);
    }

    @Override
    public Optional<ConformanceCase> in(Way other) {
        boolean there = keeping == null || RnnCase.hasZoneout(other);
        return there && RnnCase.has(shape, steps, true, tableSize, other)
                ? Optional.of(
                        new BoundedRnnCase(shape, steps, batch, dropout, keeping, bounded, tableSize, seed, other))
                : Optional.empty();
    }

    @Override
    public void run(Backend backend, GuardedMemory memory) {
        TestData data = new TestData(seed);
        RnnSpec spec = RnnSpec.training(shape, steps, batch, way.precision())
                .withDropout(dropout, seed << 17, (seed >> 1) % 2 == 0)
                .withZoneout(keeping == null ? Zoneout.NONE : keeping)
                .withTable(tableSize)
                .withLengths(bounded)
                .by(way.rnn());
        Run run = new Run(backend, memory, data, spec);
        try (StepClock clock = new StepClock(backend);
                RnnPlan plan = backend.recurrence().newRnnPlan(spec, clock)) {
            clock.set(11, 0, 0);
            float[][] first = run.results(plan, LARGE, "");
            requireNoState(plan, spec);
            float[][] second = run.results(plan, -3, " of other padding");
            requireEqual(first[0], second[0], "y");
            requireEqual(first[1], second[1], "a gradient");
            if (tableSize == 0) {
                requireEqual(first[2], second[2], "dx");
            }
        }
    }

    private static void requireNoState(RnnPlan plan, RnnSpec spec) {
        RnnState state = RnnState.zero(spec);
        plan.writeState(state);
        plan.resetState();
        assertThrows(IllegalStateException.class, plan::carryState);
        state.hidden()[state.hidden().length - 1] = 1;
        assertThrows(IllegalStateException.class, () -> plan.writeState(state));
        assertThrows(IllegalStateException.class, () -> plan.readState(0));
        assertThrows(IllegalStateException.class, () -> plan.writeState(0, state));
        if (!plan.readState().isZero()) {
            throw new AssertionError("sequences begin from something else than zero");
        }
    }

    private static void requireEqual(float[] one, float[] other, String name) {
        for (int i = 0; i < one.length; i++) {
            if (!(one[i] == other[i])) {
                throw new AssertionError(
                        "%s %d is %s, and %s beside other padding".formatted(name, i, one[i], other[i]));
            }
        }
    }

    @Override
    public long depth() {
        return (long) Math.max(Math.max(shape.inputOf(shape.layers() - 1), shape.inputSize()), batch) * steps;
    }

    /** The buffers of one run of the case. */
    private static final class Run {
        private final Backend backend;
        private final GuardedMemory memory;
        private final RnnSpec spec;
        private final ParameterLayout layout;
        private final int[] ends;
        private final DeviceBuffer lengths;
        private final DeviceBuffer parameters;
        private final float[] x;
        private final int[] tokens;
        private final float[] dOutput;
        private final DeviceBuffer table;

        Run(Backend backend, GuardedMemory memory, TestData data, RnnSpec spec) {
            RnnShape shape = spec.shape();
            this.backend = backend;
            this.memory = memory;
            this.spec = spec;
            this.layout = backend.recurrence().rnnLayout(shape);
            this.ends = ends(data);
            this.lengths = spec.lengths() ? memory.input("lengths", ends) : null;
            double bound = 1 / Math.sqrt(shape.hiddenSize());
            float[] flat = new float[(int) layout.length()];
            layout.slots()
                    .forEach(slot -> System.arraycopy(
                            data.uniform((int) slot.length(), -bound, bound), 0, flat, (int) slot.offset(), (int)
                                    slot.length()));
            this.parameters = memory.input("parameters", flat);
            this.x = data.normal(spec.tokens() * shape.inputSize(), 1);
            this.tokens = data.tokens(spec.tokens(), Math.max(1, spec.tableSize()));
            this.dOutput = data.normal(spec.tokens() * shape.outputSize(), 1);
            fillPadding(dOutput, 0);
            float[] rows = data.uniform(spec.tableSize() * shape.gateRows(), -1, 1);
            this.table = rows.length == 0 ? null : memory.input("table", rows);
        }

        /** One that is whole, one of a single step, others in between. */
        private int[] ends(TestData data) {
            int[] drawn = new int[spec.batch()];
            for (int b = 0; b < drawn.length; b++) {
                drawn[b] = 1 + data.below(spec.steps());
            }
            drawn[drawn.length - 1] = 1;
            drawn[0] = spec.steps();
            if (!spec.lengths()) {
                Arrays.fill(drawn, spec.steps());
            }
            return drawn;
        }

        private void fillPadding(float[] values, float value) {
            int width = values.length / spec.tokens();
            for (int t = 0; t < spec.steps(); t++) {
                for (int b = 0; b < spec.batch(); b++) {
                    if (t >= ends[b]) {
                        int from = (t * spec.batch() + b) * width;
                        Arrays.fill(values, from, from + width, value);
                    }
                }
            }
        }

        /** y up to the ends, the gradients, and dx or the table's gradient, of a forward and a backward pass. */
        float[][] results(RnnPlan plan, float padding, String name) {
            int slopes =
                    table == null ? x.length : spec.tableSize() * spec.shape().gateRows();
            DeviceBuffer dInput = table == null
                    ? memory.output("dx" + name, slopes, true)
                    : memory.updated("dTable" + name, new float[slopes], true);
            RnnInput input = input(padding, dInput, name);
            DeviceBuffer gradients = memory.scratch("gradients" + name, new float[(int) layout.length()]);
            DeviceBuffer y = plan.forward(parameters, input);
            float[] values = read(y);
            if (spec.shape().bidirectional()) {
                memory.record("y" + name, y, false);
            } else {
                requireFinite(values);
                fillPadding(values, 0);
                memory.record("y" + name, values);
            }
            plan.backward(parameters, input, memory.input("dOutput" + name, dOutput), gradients);
            for (ParameterLayout.Slot slot : layout.slots()) {
                memory.record("gradients" + name + "/" + slot.name(), layout.view(gradients, slot.name()), true);
            }
            return new float[][] {values, read(gradients), read(dInput)};
        }

        private RnnInput input(float padding, DeviceBuffer dInput, String name) {
            if (table != null) {
                return new RnnInput.Table(table, memory.input("tokens" + name, tokens(padding)), dInput, lengths);
            }
            float[] padded = x.clone();
            fillPadding(padded, padding);
            return new RnnInput.Features(memory.input("x" + name, padded), dInput, lengths);
        }

        /** With one token or another as padding. */
        private int[] tokens(float padding) {
            int[] padded = tokens.clone();
            for (int i = 0; i < padded.length; i++) {
                if (i / spec.batch() >= ends[i % spec.batch()]) {
                    padded[i] = padding > 0 ? 0 : spec.tableSize() - 1;
                }
            }
            return padded;
        }

        private static void requireFinite(float[] values) {
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new AssertionError("y holds " + value);
                }
            }
        }

        private float[] read(DeviceBuffer buffer) {
            float[] values = new float[(int) buffer.length()];
            backend.download(buffer, values);
            return values;
        }
    }
}
