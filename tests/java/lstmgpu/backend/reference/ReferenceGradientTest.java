package lstmgpu.backend.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Zoneout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gradient of the reference against finite differences in float64. */
class ReferenceGradientTest {
    private static final int STEPS = 4;
    private static final int BATCH = 2;
    private static final int INPUT = 3;
    private static final int HIDDEN = 4;
    private static final int PROJECTION = 3;
    private static final int VOCABULARY = 5;
    private static final boolean[] BOTH = {false, true};
    private static final boolean[] FEATURES = {false};
    private static final int TOKENS = STEPS * BATCH;

    private final ReferenceBackend backend = new ReferenceBackend();
    private final StepClock clock = new StepClock(backend);
    private final Random random = new Random(20);

    /** A recurrent stack to differentiate. */
    record Stack(
            Cell cell,
            int layers,
            boolean table,
            float dropout,
            Zoneout zoneout,
            boolean bidirectional,
            boolean lengths,
            int projection) {
        Stack(Cell cell, int layers, boolean table, float dropout) {
            this(cell, layers, table, dropout, false, false);
        }

        Stack(Cell cell, int layers, boolean table, float dropout, boolean bidirectional, boolean lengths) {
            this(cell, layers, table, dropout, Zoneout.NONE, bidirectional, lengths, 0);
        }

        RnnSpec spec() {
            RnnShape shape = new RnnShape(cell, layers, INPUT, HIDDEN, projection, bidirectional);
            return RnnSpec.training(shape, STEPS, BATCH, Precision.FP32)
                    .withDropout(dropout, 99)
                    .withZoneout(zoneout)
                    .withLengths(lengths)
                    .withTable(table ? VOCABULARY : 0);
        }
    }

    static List<Stack> stacks() {
        List<Stack> stacks = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            for (int layers = 1; layers <= 3; layers++) {
                for (boolean table : new RnnShape(cell, 1, 1, 1).takesTable() ? BOTH : FEATURES) {
                    stacks.add(new Stack(cell, layers, table, 0));
                    stacks.add(new Stack(cell, layers, table, 0.3f));
                    stacks.add(new Stack(cell, layers, table, 0.3f, false, true));
                }
                stacks.add(new Stack(cell, layers, false, 0.3f, true, false));
                stacks.add(new Stack(cell, layers, false, 0.3f, true, true));
                if (cell.takesProjection()) {
                    stacks.add(new Stack(cell, layers, false, 0, Zoneout.NONE, false, false, PROJECTION));
                    stacks.add(new Stack(cell, layers, true, 0.3f, Zoneout.NONE, false, true, PROJECTION));
                    stacks.add(new Stack(cell, layers, false, 0.3f, Zoneout.NONE, true, true, PROJECTION));
                }
            }
            float kept = cell.hasCellState() ? 0.4f : 0;
            for (Zoneout zoneout : List.of(Zoneout.drawn(kept, 0.3f, 7), Zoneout.expected(kept, 0.3f))) {
                stacks.add(new Stack(cell, 2, false, 0, zoneout, false, false, 0));
                stacks.add(new Stack(cell, 2, false, 0.3f, zoneout, true, true, 0));
            }
        }
        return stacks;
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void recurrentStack(Stack stack) {
        ParameterLayout layout = backend.recurrence().rnnLayout(stack.spec().shape());
        DeviceBuffer parameters = randoms(layout.length());
        DeviceBuffer gradients = zeros(layout.length());
        DeviceBuffer dOutput = randoms((long) TOKENS * stack.spec().shape().outputSize());
        int gateRows = stack.spec().shape().gateRows();
        DeviceBuffer source = randoms(stack.table() ? VOCABULARY * gateRows : TOKENS * INPUT);
        DeviceBuffer slope = zeros(source.length());
        DeviceBuffer lengths = stack.lengths() ? lengths() : null;
        RnnInput input = stack.table()
                ? new RnnInput.Table(source, tokens(), slope, lengths)
                : new RnnInput.Features(source, slope, lengths);
        ReferenceRnnPlan plan = (ReferenceRnnPlan) backend.recurrence().newRnnPlan(stack.spec(), clock);
        if (stack.spec().carries()) {
            plan.writeExactState(
                    random.doubles(stack.spec().hiddenStates(), -1, 1).toArray(),
                    random.doubles(stack.spec().cellStates(), -1, 1).toArray());
        }
        FiniteDifferences differences =
                new FiniteDifferences(backend, () -> dot(plan.forward(parameters, input), dOutput));
        plan.forward(parameters, input);
        plan.backward(parameters, input, dOutput, gradients);
        differences.check(stack.table() ? "dTable" : "dx", source, slope);
        for (ParameterLayout.Slot slot : layout.slots()) {
            boolean replaced = stack.table() && slot.name().contains("_ih_l0");
            if (!replaced) {
                differences.check(
                        slot.name(), layout.view(parameters, slot.name()), layout.view(gradients, slot.name()));
            }
        }
    }

    @Test
    void embedding() {
        DeviceBuffer table = randoms(VOCABULARY * INPUT);
        DeviceBuffer dTable = zeros(table.length());
        DeviceBuffer tokens = tokens();
        DeviceBuffer out = zeros(TOKENS * INPUT);
        DeviceBuffer dOut = randoms(out.length());
        backend.layers().embedGrad(dOut, tokens, INPUT, dTable);
        new FiniteDifferences(backend, () -> {
                    backend.layers().embed(table, tokens, INPUT, out);
                    return dot(out, dOut);
                })
                .check("dTable", table, dTable);
    }

    @Test
    void linear() {
        DeviceBuffer x = randoms(TOKENS * INPUT);
        DeviceBuffer w = randoms(VOCABULARY * INPUT);
        DeviceBuffer b = randoms(VOCABULARY);
        DeviceBuffer y = zeros(TOKENS * VOCABULARY);
        DeviceBuffer dy = randoms(y.length());
        DeviceBuffer dx = zeros(x.length());
        DeviceBuffer dw = zeros(w.length());
        DeviceBuffer db = zeros(b.length());
        backend.layers()
                .linearGrad(x, w, dy, new LinearSpec(TOKENS, INPUT, VOCABULARY, Precision.FP32), dx, false, dw, db);
        FiniteDifferences differences = new FiniteDifferences(backend, () -> {
            backend.layers().linear(x, w, b, new LinearSpec(TOKENS, INPUT, VOCABULARY, Precision.FP32), y);
            return dot(y, dy);
        });
        differences.check("dx", x, dx);
        differences.check("dw", w, dw);
        differences.check("db", b, db);
    }

    @Test
    void dropout() {
        DeviceBuffer x = randoms(257);
        DeviceBuffer y = zeros(257);
        DeviceBuffer dy = randoms(257);
        DeviceBuffer dx = zeros(257);
        backend.layers().dropout(dy, DropoutSpec.of(0.4f, 5, 1), clock, dx);
        new FiniteDifferences(backend, () -> {
                    backend.layers().dropout(x, DropoutSpec.of(0.4f, 5, 1), clock, y);
                    return dot(y, dy);
                })
                .check("dx", x, dx);
    }

    @Test
    void softmaxCrossEntropy() {
        DeviceBuffer logits = randoms(TOKENS * VOCABULARY);
        DeviceBuffer dLogits = zeros(logits.length());
        DeviceBuffer losses = zeros(TOKENS);
        DeviceBuffer targets = tokens();
        backend.losses().softmaxCrossEntropy(logits, targets, VOCABULARY, 0.25f, 0, losses, dLogits, null);
        new FiniteDifferences(backend, () -> {
                    backend.losses().softmaxCrossEntropy(logits, targets, VOCABULARY, 1, 0, losses, null, null);
                    return 0.25 * sum(losses);
                })
                .check("dLogits", logits, dLogits);
    }

    /**
     * Embedding, two layers with dropout, dropout, output layer and loss, as a model's step strings
     * them together.
     */
    @Test
    void languageModelStep() {
        RnnSpec spec = new Stack(Cell.LSTM, 2, false, 0.3f).spec();
        ParameterLayout layout = new ParameterLayout.Builder()
                .add("embedding", VOCABULARY, INPUT)
                .addAll("rnn.", backend.recurrence().rnnLayout(spec.shape()))
                .add("output.weight", VOCABULARY, HIDDEN)
                .add("output.bias", VOCABULARY)
                .build();
        DeviceBuffer parameters = randoms(layout.length());
        DeviceBuffer gradients = zeros(layout.length());
        TinyLanguageModel model = new TinyLanguageModel(backend, clock, spec, layout, parameters, gradients);
        DeviceBuffer inputs = tokens();
        DeviceBuffer targets = tokens();
        DoubleSupplier loss = () -> model.loss(inputs, targets);
        assertTrue(loss.getAsDouble() > 0, "a loss");
        model.backward(inputs);
        FiniteDifferences differences = new FiniteDifferences(backend, loss);
        for (ParameterLayout.Slot slot : layout.slots()) {
            differences.check(slot.name(), layout.view(parameters, slot.name()), layout.view(gradients, slot.name()));
        }
    }

    private DeviceBuffer zeros(long length) {
        return backend.alloc(ElementType.FLOAT32, length);
    }

    private DeviceBuffer randoms(long length) {
        DeviceBuffer buffer = zeros(length);
        backend.upload(random.doubles(length, -0.7, 0.7).toArray(), buffer);
        return buffer;
    }

    private DeviceBuffer tokens() {
        DeviceBuffer buffer = backend.alloc(ElementType.INT32, TOKENS);
        backend.upload(random.ints(TOKENS, 0, VOCABULARY).toArray(), buffer);
        return buffer;
    }

    /** Of one sequence that is whole and one that is not. */
    private DeviceBuffer lengths() {
        DeviceBuffer buffer = backend.alloc(ElementType.INT32, BATCH);
        backend.upload(new int[] {STEPS, STEPS - 2}, buffer);
        return buffer;
    }

    private double sum(DeviceBuffer values) {
        return Arrays.stream(read(values)).sum();
    }

    private double dot(DeviceBuffer a, DeviceBuffer b) {
        double[] left = read(a);
        double[] right = read(b);
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    private double[] read(DeviceBuffer buffer) {
        double[] values = new double[(int) buffer.length()];
        backend.download(buffer, values);
        return values;
    }
}
