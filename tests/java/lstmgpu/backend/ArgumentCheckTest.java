package lstmgpu.backend;

import static lstmgpu.backend.BadCalls.INPUTS;
import static lstmgpu.backend.BadCalls.OUTPUTS;
import static lstmgpu.backend.BadCalls.buffers;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Buffers that are too short, of the wrong type or another backend's are refused before anything is
 * computed.
 */
class ArgumentCheckTest {

    @TestFactory
    Stream<DynamicContainer> badBuffersAreRefused() {
        return TestBackends.present().stream()
                .map(kind -> DynamicContainer.dynamicContainer(kind.name(), badCalls(kind.open())));
    }

    private static Stream<DynamicTest> badCalls(Backend backend) {
        BadCalls bad = new BadCalls(backend);
        addMemory(bad);
        BadLayerCalls.addTo(bad);
        BadLossCalls.addTo(bad);
        addOptimizer(bad);
        addSampling(bad);
        addFeatures(bad);
        addTable(bad);
        return bad.calls.entrySet().stream()
                .map(call -> DynamicTest.dynamicTest(
                        call.getKey(),
                        () -> assertThrows(
                                IllegalArgumentException.class,
                                () -> call.getValue().run())))
                .onClose(backend::close);
    }

    private static void addMemory(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add("upload reals", b -> backend.upload(new float[3], b[0]), buffers(bad.floats(3)), 0);
        bad.add("upload integers", b -> backend.upload(new int[3], b[0]), buffers(bad.ints(3)), 0);
        bad.add("download reals", b -> backend.download(b[0], new float[3]), buffers(bad.floats(3)), 0);
        bad.add("download integers", b -> backend.download(b[0], new int[3]), buffers(bad.ints(3)), 0);
        bad.add("fill", b -> backend.fill(b[0], 1), buffers(bad.floats(3)));
        bad.add("copy", b -> backend.copy(b[0], b[1]), buffers(bad.floats(3), bad.floats(3)), 1);
        Backend stranger = backend instanceof ReferenceBackend
                ? TestBackends.CPU_ONE_THREAD.open()
                : TestBackends.REFERENCE.open();
        DeviceBuffer foreign = stranger.alloc(ElementType.FLOAT32, 3);
        bad.calls.put("another backend's buffer", () -> backend.fill(foreign, 1));
        bad.calls.put("a negative length", () -> backend.alloc(ElementType.FLOAT32, -1));
    }

    private static void addOptimizer(BadCalls bad) {
        OptimizerSpec spec = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
        bad.add(
                "optimizerStep",
                b -> bad.backend.optimisation().optimizerStep(spec, bad.clock, b[0], b[1], b[2], b[3], b[4]),
                buffers(bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(1)),
                1,
                2,
                3,
                4);
        bad.add(
                "average",
                b -> bad.backend.optimisation().average(AverageSpec.mean(), bad.clock, b[0], b[1], b[2]),
                buffers(bad.ints(1), bad.floats(9), bad.floats(9)),
                0,
                2);
        bad.calls.put("a decay above 1", () -> new AverageSpec(1.5f));
        AdaptationSpec following = new AdaptationSpec(0.1f, 0.1f, 0.1f, 1);
        bad.add(
                "adapt",
                b -> bad.backend.optimisation().adapt(following, b[0], b[1], b[2], b[3]),
                buffers(bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(9)),
                1,
                2,
                3);
        bad.calls.put("a decay towards trained weights below 0", () -> new AdaptationSpec(0.1f, -0.1f, 0.1f, 1));
        bad.calls.put("a rate that is none", () -> new AdaptationSpec(Float.NaN, 0.1f, 0.1f, 1));
    }

    private static void addSampling(BadCalls bad) {
        bad.add(
                "sample",
                b -> bad.backend.drawing().sample(b[0], OUTPUTS, SamplingRows.any(b[3]), bad.clock, b[1], b[2]),
                buffers(bad.floats(3 * OUTPUTS), bad.ints(3), bad.ints(3), greedyRows(bad, 3)),
                0,
                1,
                3);
    }

    private static DeviceBuffer greedyRows(BadCalls bad, int sequences) {
        int[] rows = new int[sequences * SamplingRows.WORDS];
        for (int sequence = 0; sequence < sequences; sequence++) {
            SamplingSpec greedy = new SamplingSpec(0, 0, 1, 0, 1, 1);
            SamplingRows.put(greedy, OUTPUTS, sequence, 0, rows, sequence * SamplingRows.WORDS);
        }
        DeviceBuffer words = bad.ints(rows.length);
        bad.backend.upload(rows, words);
        return words;
    }

    private static RnnSpec recurrence(float dropout, int tableSize) {
        RnnShape shape = new RnnShape(Cell.LSTM, 2, INPUTS, OUTPUTS);
        return RnnSpec.training(shape, 3, 2, Precision.FP32)
                .withDropout(dropout, 1)
                .withTable(tableSize);
    }

    private static void addFeatures(BadCalls bad) {
        RnnPlan plan = bad.backend.recurrence().newRnnPlan(recurrence(0, 0), null);
        int parameters =
                (int) bad.backend.recurrence().rnnLayout(plan.spec().shape()).length();
        bad.add(
                "plan over features",
                b -> {
                    RnnInput input = new RnnInput.Features(b[1], b[2]);
                    plan.forward(b[0], input);
                    plan.backward(b[0], input, b[3], b[4]);
                },
                buffers(
                        bad.floats(parameters),
                        bad.floats(6 * INPUTS),
                        bad.floats(6 * INPUTS),
                        bad.floats(6 * OUTPUTS),
                        bad.floats(parameters)),
                0,
                1,
                2,
                3,
                4);
        bad.calls.put("a state too short", () -> plan.writeState(new RnnState(new float[15], new float[16])));
        bad.calls.put("a state of no sequence", () -> plan.readState(2));
        bad.calls.put("a state for no sequence", () -> plan.writeState(-1, plan.readState(0)));
        bad.calls.put(
                "a sequence's state too short", () -> plan.writeState(0, new RnnState(new float[7], new float[8])));
        bad.calls.put("a state without c", () -> plan.writeState(new RnnState(new float[16], new float[0])));
        bad.calls.put("dropout without a clock", () -> bad.backend.recurrence().newRnnPlan(recurrence(0.5f, 0), null));
    }

    private static void addTable(BadCalls bad) {
        RnnPlan gather = bad.backend.recurrence().newRnnPlan(recurrence(0, 7), null);
        int parameters =
                (int) bad.backend.recurrence().rnnLayout(gather.spec().shape()).length();
        int rows = 7 * gather.spec().shape().gateRows();
        bad.add(
                "plan over a table",
                b -> {
                    RnnInput input = new RnnInput.Table(b[1], b[2], b[3]);
                    gather.forward(b[0], input);
                    gather.backward(b[0], input, b[4], b[5]);
                },
                buffers(
                        bad.floats(parameters),
                        bad.floats(rows),
                        bad.ints(6),
                        bad.floats(rows),
                        bad.floats(6 * OUTPUTS),
                        bad.floats(parameters)),
                0,
                1,
                2,
                3,
                4,
                5);
        DeviceBuffer weights = bad.floats(parameters);
        RnnInput x = new RnnInput.Features(bad.floats(6 * INPUTS), null);
        bad.calls.put("features for a plan over a table", () -> gather.forward(weights, x));
    }
}
