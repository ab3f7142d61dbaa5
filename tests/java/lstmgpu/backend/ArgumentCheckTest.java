package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.Map;
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
    private static final int ROWS = 6;
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 4;

    /** Calls that must be refused, by what is wrong with them. */
    private static final class BadCalls {
        final Backend backend;
        final StepClock clock;
        final Map<String, Runnable> calls = new LinkedHashMap<>();

        BadCalls(Backend backend) {
            this.backend = backend;
            this.clock = new StepClock(backend);
        }

        DeviceBuffer floats(int length) {
            return backend.alloc(ElementType.FLOAT32, length);
        }

        DeviceBuffer ints(int length) {
            return backend.alloc(ElementType.INT32, length);
        }

        /** Right buffers with one of them short or of the other type, for every one of them. */
        void addEach(String operation, Call call, DeviceBuffer... right) {
            call.with(right);
            for (int place = 0; place < right.length; place++) {
                DeviceBuffer good = right[place];
                boolean real = good.type() == ElementType.FLOAT32;
                DeviceBuffer[] other = right.clone();
                other[place] = backend.alloc(real ? ElementType.INT32 : ElementType.FLOAT32, good.length());
                calls.put(operation + ", buffer " + place + " of the wrong type", () -> call.with(other));
            }
        }

        /** Right buffers with one of them an element short, for those at the given places. */
        void addShort(String operation, Call call, DeviceBuffer[] right, int... places) {
            for (int place : places) {
                DeviceBuffer[] cut = right.clone();
                cut[place] = right[place].slice(0, right[place].length() - 1);
                calls.put(operation + ", buffer " + place + " too short", () -> call.with(cut));
            }
        }

        void add(String operation, Call call, DeviceBuffer[] right, int... sizedPlaces) {
            addEach(operation, call, right);
            addShort(operation, call, right, sizedPlaces);
        }
    }

    /** An operation on its buffers. */
    private interface Call {
        void with(DeviceBuffer... buffers);
    }

    @TestFactory
    Stream<DynamicContainer> badBuffersAreRefused() {
        return TestBackends.present().stream()
                .map(kind -> DynamicContainer.dynamicContainer(kind.name(), badCalls(kind.open())));
    }

    private static Stream<DynamicTest> badCalls(Backend backend) {
        BadCalls bad = new BadCalls(backend);
        addMemory(bad);
        addLayers(bad);
        addDropout(bad);
        addLosses(bad);
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
        bad.add("upload reals", b -> backend.upload(new float[3], b[0]), of(bad.floats(3)), 0);
        bad.add("upload integers", b -> backend.upload(new int[3], b[0]), of(bad.ints(3)), 0);
        bad.add("download reals", b -> backend.download(b[0], new float[3]), of(bad.floats(3)), 0);
        bad.add("download integers", b -> backend.download(b[0], new int[3]), of(bad.ints(3)), 0);
        bad.add("fill", b -> backend.fill(b[0], 1), of(bad.floats(3)));
        bad.add("copy", b -> backend.copy(b[0], b[1]), of(bad.floats(3), bad.floats(3)), 1);
        Backend stranger = backend instanceof ReferenceBackend
                ? TestBackends.CPU_ONE_THREAD.open()
                : TestBackends.REFERENCE.open();
        DeviceBuffer foreign = stranger.alloc(ElementType.FLOAT32, 3);
        bad.calls.put("another backend's buffer", () -> backend.fill(foreign, 1));
        bad.calls.put("a negative length", () -> backend.alloc(ElementType.FLOAT32, -1));
    }

    private static void addLayers(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "embed",
                b -> backend.layers().embed(b[0], b[1], INPUTS, b[2]),
                of(bad.floats(3 * INPUTS), bad.ints(ROWS), bad.floats(ROWS * INPUTS)),
                2);
        bad.add(
                "embedGrad",
                b -> backend.layers().embedGrad(b[0], b[1], INPUTS, b[2]),
                of(bad.floats(ROWS * INPUTS), bad.ints(ROWS), bad.floats(3 * INPUTS)),
                0);
        bad.add(
                "linear",
                b -> backend.layers().linear(b[0], b[1], b[2], ROWS, INPUTS, OUTPUTS, Precision.FP32, b[3]),
                of(
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(OUTPUTS),
                        bad.floats(ROWS * OUTPUTS)),
                0,
                1,
                2,
                3);
        bad.add(
                "linearGrad",
                b -> backend.layers()
                        .linearGrad(b[0], b[1], b[2], ROWS, INPUTS, OUTPUTS, Precision.FP32, b[3], false, b[4], b[5]),
                of(
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(ROWS * OUTPUTS),
                        bad.floats(ROWS * INPUTS),
                        bad.floats(OUTPUTS * INPUTS),
                        bad.floats(OUTPUTS)),
                0,
                1,
                2,
                3,
                4,
                5);
    }

    private static void addDropout(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "dropout",
                b -> backend.layers().dropout(b[0], 0.5f, 1, 1, bad.clock, b[1]),
                of(bad.floats(9), bad.floats(9)),
                1);
        DeviceBuffer x = bad.floats(9);
        for (float p : new float[] {-0.1f, 1, Float.NaN}) {
            bad.calls.put("dropout of " + p, () -> backend.layers().dropout(x, p, 1, 1, bad.clock, x));
        }
    }

    private static void addLosses(BadCalls bad) {
        Backend backend = bad.backend;
        bad.add(
                "softmaxCrossEntropy",
                b -> backend.losses().softmaxCrossEntropy(b[0], b[1], OUTPUTS, 1, b[2], b[3], b[4]),
                of(
                        bad.floats(ROWS * OUTPUTS),
                        bad.ints(ROWS),
                        bad.floats(ROWS),
                        bad.floats(ROWS * OUTPUTS),
                        bad.ints(ROWS)),
                0,
                2,
                3,
                4);
        bad.add(
                "recordMean",
                b -> backend.losses().recordMean(b[0], bad.clock, b[1]),
                of(bad.floats(ROWS), bad.floats(2)));
        bad.add(
                "sumOfSquares",
                b -> backend.optimisation().sumOfSquares(b[0], b[1]),
                of(bad.floats(9), bad.floats(1)),
                1);
    }

    private static void addOptimizer(BadCalls bad) {
        OptimizerSpec spec = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
        bad.add(
                "optimizerStep",
                b -> bad.backend.optimisation().optimizerStep(spec, bad.clock, b[0], b[1], b[2], b[3], b[4]),
                of(bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(9), bad.floats(1)),
                1,
                2,
                3,
                4);
    }

    private static void addSampling(BadCalls bad) {
        SamplingSpec spec = new SamplingSpec(1, 0, 1, 0, 1, 1);
        bad.add(
                "sample",
                b -> bad.backend.drawing().sample(b[0], OUTPUTS, spec, bad.clock, b[1], b[2]),
                of(bad.floats(3 * OUTPUTS), bad.ints(3), bad.ints(3)),
                0,
                1);
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
                of(
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
                of(
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

    private static DeviceBuffer[] of(DeviceBuffer... buffers) {
        return buffers;
    }
}
