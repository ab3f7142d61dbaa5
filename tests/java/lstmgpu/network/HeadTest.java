package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.WatchedBackend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Heads, inputs and forms of batches other than a language model's: gradients by finite differences in float64, and the
 * same elsewhere.
 */
class HeadTest {
    private static final int STEPS = HeadCase.STEPS;
    private static final int BATCH = HeadCase.BATCH;
    private static final double DELTA = 1e-5;

    static List<HeadCase> cases() {
        return HeadCase.all();
    }

    /** Those that could do without weights. */
    static List<HeadCase> weighed() {
        return cases().stream()
                .filter(test -> test.form().weights()
                        && !(test.form().lengths() && test.config().head().judgesSteps()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(HeadCase test) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Network network = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = test.begin(network, clock)) {
            double[] weights = doubles(backend, network.parameters());
            pass.differentiate();
            double[] gradients = doubles(backend, pass.gradients());
            for (ParameterLayout.Slot slot : network.layout().slots()) {
                double difference = 0;
                double norm = 0;
                for (int i = (int) slot.offset(); i < slot.offset() + slot.length(); i++) {
                    double measured =
                            (lossAt(network, pass, weights, i, DELTA) - lossAt(network, pass, weights, i, -DELTA))
                                    / (2 * DELTA);
                    difference += (measured - gradients[i]) * (measured - gradients[i]);
                    norm += measured * measured;
                }
                double error = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-6);
                assertTrue(error < 5e-6, slot.name() + " is wrong by " + error + ", its norm is " + Math.sqrt(norm));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "opencl", "cuda"})
    void theOthersAgreeWithTheReference(String name) {
        try (Backend other = open(name);
                Backend reference = new ReferenceBackend()) {
            for (HeadCase test : cases()) {
                float[][] expected = results(reference, test);
                float[][] actual = results(other, test);
                assertArrayEquals(expected[0], actual[0], 1e-6f, "gradients of " + test);
                assertArrayEquals(expected[1], actual[1], 1e-5f, "losses of " + test);
            }
        }
    }

    private static Backend open(String name) {
        return switch (name) {
            case "cpu" -> new CpuBackend(2);
            case "opencl" -> OpenClTestBackend.open();
            default -> CudaTestBackend.open();
        };
    }

    /** Gradients and losses. */
    private static float[][] results(Backend backend, HeadCase test) {
        try (Network network = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = test.begin(network, clock)) {
            pass.differentiate();
            backend.fill(pass.gradients(), 0); // What a pass leaves behind must not reach the next one.
            pass.differentiate();
            return new float[][] {floats(backend, pass.gradients()), floats(backend, pass.losses())};
        }
    }

    /** A weight counts a target so many times. */
    @ParameterizedTest
    @MethodSource("weighed")
    void weightsMultiplyTheLosses(HeadCase test) {
        Batch.Form plain = new Batch.Form(STEPS, BATCH, test.form().lengths(), false);
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass weighed = test.begin(network, clock);
                Pass unweighed = new HeadCase(test.config(), plain).begin(network, clock)) {
            weighed.differentiate();
            unweighed.differentiate();
            float[] weights = floats(backend, weighed.batch().weights());
            float[] losses = floats(backend, unweighed.losses());
            for (int i = 0; i < losses.length; i++) {
                losses[i] *= weights[i / (losses.length / weights.length)];
            }
            assertArrayEquals(losses, floats(backend, weighed.losses()), 1e-5f);
        }
    }

    @Test
    void paddingNeedsWeightsWhereStepsAreJudged() {
        Batch.Form form = new Batch.Form(STEPS, BATCH, true, false);
        NetworkConfig config = new NetworkConfig(new InputPart.Features(2), Cell.LSTM, 6, 1, 0, new Head.Values(2));
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, config, Precision.FP32)) {
            assertThrows(IllegalArgumentException.class, () -> Pass.forward(network, form, Purpose.JUDGE, STEPS));
            Pass.forward(network, form, Purpose.PREDICT, STEPS).close();
        }
    }

    /** Predictions, judged ones and those of training are the same without dropout. */
    @ParameterizedTest
    @MethodSource("cases")
    void judgingFindsTheLossesOfThePredictions(HeadCase test) {
        NetworkConfig config = test.config();
        NetworkConfig plain = new NetworkConfig(
                config.input(),
                config.cell(),
                config.hiddenSize(),
                config.layers(),
                config.bidirectional(),
                0,
                config.head());
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, plain, Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass training = test.begin(network, clock);
                Pass judging = Pass.forward(network, test.form(), Purpose.JUDGE, STEPS)) {
            test.fill(network, judging.batch());
            judging.refresh();
            judging.judge();
            training.differentiate();
            assertArrayEquals(floats(backend, training.losses()), floats(backend, judging.losses()), 1e-12f);
            if (judging.best() != null) {
                assertArrayEquals(
                        largest(
                                floats(backend, judging.predictions()),
                                config.head().size()),
                        integers(backend, judging.best()));
            }
            int targets = config.head().judgesSteps() ? STEPS * BATCH : BATCH;
            assertEquals(
                    (long) targets * config.head().size(), judging.predictions().length());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatFailsHalfWayLeavesNoMemoryBehind(HeadCase test) {
        try (CpuBackend backend = new CpuBackend(1)) {
            for (int allowed = 0; ; allowed++) {
                int[] left = {Integer.MAX_VALUE};
                Backend failing = failing(backend, left);
                try (Network network = new Network(failing, test.config(), Precision.FP32);
                        StepClock clock = new StepClock(failing)) {
                    long before = backend.allocatedBytes();
                    left[0] = allowed;
                    try {
                        Pass.training(network, test.form(), new Masks(clock, HeadCase.SEED))
                                .close();
                        assertTrue(allowed > 3, "a pass needs memory");
                        return;
                    } catch (LstmGpuException refused) {
                        assertEquals(before, backend.allocatedBytes(), "after " + allowed + " allocations");
                    }
                }
            }
        }
    }

    /** A backend that refuses memory once so many pieces are taken. */
    private static Backend failing(Backend backend, int[] left) {
        return WatchedBackend.of(backend, (method, _) -> {
            boolean takes = method.equals("alloc") || method.equals("newRnnPlan");
            if (takes && left[0]-- == 0) {
                throw new LstmGpuException(ExitCode.MEMORY, "no memory", null);
            }
        });
    }

    private static double lossAt(Network network, Pass pass, double[] weights, int place, double delta) {
        ReferenceBackend backend = (ReferenceBackend) network.backend();
        double[] moved = weights.clone();
        moved[place] += delta;
        backend.upload(moved, network.parameters());
        pass.differentiate();
        double sum = 0;
        double[] losses = doubles(backend, pass.losses());
        for (double loss : losses) {
            sum += loss;
        }
        return sum / losses.length;
    }

    private static double[] doubles(ReferenceBackend backend, DeviceBuffer buffer) {
        double[] values = new double[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    /** The first of the largest in every row. */
    private static int[] largest(float[] rows, int width) {
        int[] best = new int[rows.length / width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] > rows[i / width * width + best[i / width]]) {
                best[i / width] = i % width;
            }
        }
        return best;
    }

    private static int[] integers(Backend backend, DeviceBuffer buffer) {
        int[] values = new int[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    private static float[] floats(Backend backend, DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }
}
