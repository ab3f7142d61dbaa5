package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.WatchedBackend;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads and inputs other than a language model's: gradients by finite differences in float64, and the same on the CPU. */
class HeadTest {
    private static final int STEPS = 4;
    private static final int BATCH = 3;
    private static final long SEED = 7;
    private static final double DELTA = 1e-5;

    static List<NetworkConfig> networks() {
        List<NetworkConfig> networks = new ArrayList<>();
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            for (InputPart input : List.of(new InputPart.Tokens(5, 3), new InputPart.Features(2))) {
                networks.add(new NetworkConfig(input, cell, 6, 2, 0.3f, new Head.Values(2)));
                networks.add(new NetworkConfig(input, cell, 6, 1, 0, new Head.SequenceClass(4)));
                networks.add(new NetworkConfig(input, cell, 6, 1, 0.3f, new Head.SequenceClass(4)));
            }
        }
        return networks;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void gradientsAgreeWithFiniteDifferences(NetworkConfig config) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Network network = new Network(backend, config, Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = begin(network, clock)) {
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
    @MethodSource("networks")
    void theCpuAgreesWithTheReference(NetworkConfig config) {
        float[][] gradients = new float[2][];
        float[][] losses = new float[2][];
        List<Backend> backends = List.of(new ReferenceBackend(), new CpuBackend(2));
        for (int i = 0; i < 2; i++) {
            try (Backend backend = backends.get(i);
                    Network network = new Network(backend, config, Precision.FP32);
                    StepClock clock = new StepClock(backend);
                    Pass pass = begin(network, clock)) {
                pass.differentiate();
                backend.fill(pass.gradients(), 0); // What a pass leaves behind must not reach the next one.
                pass.differentiate();
                gradients[i] = floats(backend, pass.gradients());
                losses[i] = floats(backend, pass.losses());
            }
        }
        assertArrayEquals(gradients[0], gradients[1], 1e-6f);
        assertArrayEquals(losses[0], losses[1], 1e-5f);
    }

    /** Predictions, judged ones and those of training are the same without dropout. */
    @ParameterizedTest
    @MethodSource("networks")
    void judgingFindsTheLossesOfThePredictions(NetworkConfig config) {
        NetworkConfig plain = new NetworkConfig(
                config.input(), config.cell(), config.hiddenSize(), config.layers(), 0, config.head());
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, plain, Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass training = begin(network, clock);
                Pass judging = Pass.forward(network, STEPS, BATCH, Purpose.JUDGE, STEPS)) {
            fill(network, judging.batch());
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
            int targets = config.head() instanceof Head.SequenceClass ? BATCH : STEPS * BATCH;
            assertEquals(
                    (long) targets * config.head().size(), judging.predictions().length());
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void whatFailsHalfWayLeavesNoMemoryBehind(NetworkConfig config) {
        try (CpuBackend backend = new CpuBackend(1)) {
            for (int allowed = 0; ; allowed++) {
                int[] left = {Integer.MAX_VALUE};
                Backend failing = failing(backend, left);
                try (Network network = new Network(failing, config, Precision.FP32);
                        StepClock clock = new StepClock(failing)) {
                    long before = backend.allocatedBytes();
                    left[0] = allowed;
                    try {
                        Pass.training(network, STEPS, BATCH, new Pass.Masks(clock, SEED))
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

    private static Pass begin(Network network, StepClock clock) {
        network.initialise(SEED, Initialisation.UNIFORM);
        clock.set(7, 7, 0);
        Pass pass = Pass.training(network, STEPS, BATCH, new Pass.Masks(clock, SEED));
        fill(network, pass.batch());
        return pass;
    }

    private static void fill(Network network, Batch batch) {
        Random random = new Random(SEED);
        for (DeviceBuffer buffer : List.of(batch.inputs(), batch.targets())) {
            int length = Math.toIntExact(buffer.length());
            if (buffer.type() == ElementType.INT32) {
                network.backend().upload(random.ints(length, 0, 4).toArray(), buffer);
            } else {
                float[] values = new float[length];
                for (int i = 0; i < length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                network.backend().upload(values, buffer);
            }
        }
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
