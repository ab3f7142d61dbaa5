package lstmgpu.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference against PyTorch in float64. */
class ReferenceGoldenTest {
    private static final double TOLERANCE = 1e-11;

    private final ReferenceBackend backend = new ReferenceBackend();

    static List<GoldenFile> stacks() throws IOException {
        return GoldenFile.all("rnn_");
    }

    static List<GoldenFile> sequences() throws IOException {
        return GoldenFile.all("sequences_");
    }

    static List<GoldenFile> optimizers() throws IOException {
        return GoldenFile.all("optimizer_");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void everyCellProjectionAndOptimizerHasItsFile() throws IOException {
        assertEquals(Cell.values().length * 3 + 2, stacks().size());
        assertEquals(Cell.values().length * 4 + 1, sequences().size());
        assertEquals(
                OptimizerSpec.Kind.values().length,
                optimizers().stream().map(file -> file.text("kind")).distinct().count());
    }

    @ParameterizedTest
    @MethodSource("stacks")
    void recurrentStack(GoldenFile golden) {
        Cell cell = Cell.valueOf(golden.text("cell").toUpperCase(Locale.ROOT));
        RnnShape shape = new RnnShape(cell, golden.integer("layers"), golden.integer("input"), golden.integer("hidden"))
                .withProjection(golden.content().path("projection").asInt());
        try (Stack stack = new Stack(golden, spec(golden, shape))) {
            ReferenceRnnPlan plan = stack.plan;
            plan.writeExactState(golden.reals("h0"), golden.reals("c0"));
            stack.run(null);
            plan.carryState();
            assertArrayEquals(golden.reals("h"), plan.readExactHidden(), TOLERANCE, "final h");
            assertArrayEquals(golden.reals("c"), plan.readExactCell(), TOLERANCE, "final c");
        }
    }

    /** What padding holds has no part in anything. */
    @ParameterizedTest
    @MethodSource("sequences")
    void sequencesOfTheirOwnLengths(GoldenFile golden) {
        RnnShape shape = new RnnShape(
                Cell.valueOf(golden.text("cell").toUpperCase(Locale.ROOT)),
                golden.integer("layers"),
                golden.integer("input"),
                golden.integer("hidden"),
                golden.content().path("projection").asInt(),
                golden.content().get("bidirectional").asBoolean());
        try (Stack stack = new Stack(golden, spec(golden, shape).withLengths(true))) {
            int[] steps = Arrays.stream(golden.reals("lengths"))
                    .mapToInt(value -> (int) value)
                    .toArray();
            DeviceBuffer lengths = backend.alloc(ElementType.INT32, steps.length);
            backend.upload(steps, lengths);
            stack.run(lengths);
            assertThrows(IllegalStateException.class, stack.plan::carryState);
        }
    }

    private static RnnSpec spec(GoldenFile golden, RnnShape shape) {
        return RnnSpec.training(shape, golden.integer("steps"), golden.integer("batch"), Precision.FP32)
                .withDropout(
                        (float) golden.real("dropout"),
                        golden.content().get("seed").asLong());
    }

    /** A plan with the file's weights. */
    private final class Stack implements AutoCloseable {
        private final GoldenFile golden;
        private final ParameterLayout layout;
        private final DeviceBuffer parameters;
        private final DeviceBuffer gradients;
        private final ReferenceRnnPlan plan;

        Stack(GoldenFile golden, RnnSpec spec) {
            this.golden = golden;
            this.layout = backend.recurrence().rnnLayout(spec.shape());
            this.parameters = backend.alloc(ElementType.FLOAT32, layout.length());
            this.gradients = backend.alloc(ElementType.FLOAT32, layout.length());
            JsonNode weights = golden.content().get("parameters");
            layout.slots()
                    .forEach(slot -> backend.upload(
                            GoldenFile.reals(weights.get(slot.name())), layout.view(parameters, slot.name())));
            StepClock clock = new StepClock(backend);
            clock.set(golden.integer("clock"), 0, 0);
            this.plan = (ReferenceRnnPlan) backend.recurrence().newRnnPlan(spec, clock);
        }

        /** Forward and backward, compared with the file. */
        void run(DeviceBuffer lengths) {
            DeviceBuffer dx = backend.alloc(ElementType.FLOAT32, golden.reals("x").length);
            RnnInput.Features input = new RnnInput.Features(buffer(golden.reals("x")), dx, lengths);
            expect(golden.reals("y"), plan.forward(parameters, input), "y");
            plan.backward(parameters, input, buffer(golden.reals("dy")), gradients);
            expect(golden.reals("dx"), dx, "dx");
            JsonNode slopes = golden.content().get("gradients");
            assertEquals(slopes.size(), layout.slots().size());
            layout.slots()
                    .forEach(slot -> expect(
                            GoldenFile.reals(slopes.get(slot.name())),
                            layout.view(gradients, slot.name()),
                            slot.name()));
        }

        @Override
        public void close() {
            plan.close();
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void optimizerSteps(GoldenFile golden) {
        OptimizerSpec spec = OptimizerSpec.of(
                OptimizerSpec.Kind.valueOf(golden.text("kind")),
                (float) golden.real("momentum"),
                (float) golden.real("weightDecay"),
                (float) golden.real("gradClip"));
        StepClock clock = new StepClock(backend);
        double[] rates = Arrays.copyOf(golden.reals("rates"), StepClock.RATES);
        backend.upload(rates, clock.rates());
        DeviceBuffer parameters = buffer(golden.reals("start"));
        DeviceBuffer gradients = backend.alloc(ElementType.FLOAT32, parameters.length());
        DeviceBuffer first = backend.alloc(ElementType.FLOAT32, parameters.length());
        DeviceBuffer second = backend.alloc(ElementType.FLOAT32, parameters.length());
        DeviceBuffer norm = backend.alloc(ElementType.FLOAT32, 1);
        JsonNode steps = golden.content().get("gradients");
        for (int step = 0; step < steps.size(); step++) {
            backend.upload(GoldenFile.reals(steps.get(step)), gradients);
            backend.optimisation().sumOfSquares(gradients, norm);
            backend.optimisation().optimizerStep(spec, clock, parameters, gradients, first, second, norm);
            backend.optimisation().advance(clock, 2);
            expect(GoldenFile.reals(golden.content().get("parameters").get(step)), parameters, "step " + step);
        }
    }

    @Test
    void crossEntropy() {
        GoldenFile golden = GoldenFile.read("cross_entropy.json");
        int rows = golden.integer("rows");
        int[] targets = Arrays.stream(golden.reals("targets"))
                .mapToInt(value -> (int) value)
                .toArray();
        DeviceBuffer wanted = backend.alloc(ElementType.INT32, rows);
        backend.upload(targets, wanted);
        DeviceBuffer logits = buffer(golden.reals("logits"));
        DeviceBuffer losses = backend.alloc(ElementType.FLOAT32, rows);
        DeviceBuffer best = backend.alloc(ElementType.INT32, rows);
        backend.losses().softmaxCrossEntropy(logits, wanted, golden.integer("vocabulary"), 1, 0, losses, logits, best);
        double[] slopes = Arrays.stream(golden.reals("dLogits"))
                .map(value -> value * rows)
                .toArray();
        expect(golden.reals("losses"), losses, "losses");
        expect(slopes, logits, "dLogits");
        int[] tokens = new int[rows];
        backend.download(best, tokens);
        assertArrayEquals(
                Arrays.stream(golden.reals("best"))
                        .mapToInt(value -> (int) value)
                        .toArray(),
                tokens);
    }

    private DeviceBuffer buffer(double[] values) {
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, values.length);
        backend.upload(values, buffer);
        return buffer;
    }

    private void expect(double[] expected, DeviceBuffer actual, String name) {
        double[] values = new double[expected.length];
        backend.download(actual, values);
        assertArrayEquals(expected, values, TOLERANCE, name);
    }
}
