package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on sequences of their own lengths, in one direction and in both. */
class BidirectionalNetworkTest {
    private static final int STEPS = 6;
    private static final int SEQUENCES = 8;
    private static final int ROUNDS = 150;

    /** The sum of the values before and behind a step, 0 beyond an end: half of it lies ahead. */
    private static final class Neighbours implements Feed {
        private final Backend backend;
        private final DeviceBuffer values;
        private final DeviceBuffer targets;
        private final DeviceBuffer lengths;
        private final DeviceBuffer weights;

        Neighbours(Backend backend) {
            Random random = new Random(5);
            int[] ends = random.ints(SEQUENCES, 2, STEPS + 1).toArray();
            float[] x = new float[STEPS * SEQUENCES];
            float[] sums = new float[x.length];
            float[] counts = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = i / SEQUENCES < ends[i % SEQUENCES] ? random.nextFloat() - 0.5f : 100;
            }
            float share = (float) x.length / Arrays.stream(ends).sum();
            for (int i = 0; i < x.length; i++) {
                int t = i / SEQUENCES;
                int end = ends[i % SEQUENCES];
                sums[i] = (t > 0 ? x[i - SEQUENCES] : 0) + (t + 1 < end ? x[i + SEQUENCES] : 0);
                counts[i] = t < end ? share : 0;
            }
            this.backend = backend;
            this.values = floats(backend, x);
            this.targets = floats(backend, sums);
            this.weights = floats(backend, counts);
            this.lengths = backend.alloc(ElementType.INT32, SEQUENCES);
            backend.upload(ends, lengths);
        }

        private static DeviceBuffer floats(Backend backend, float[] values) {
            DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, values.length);
            backend.upload(values, buffer);
            return buffer;
        }

        @Override
        public List<Batch.Form> forms(int steps, int sequences) {
            return List.of(new Batch.Form(steps, sequences, true, true));
        }

        @Override
        public void fill(Batch batch, StepClock clock) {
            backend.copy(values, batch.inputs());
            backend.copy(targets, batch.targets());
            backend.copy(lengths, batch.lengths());
            backend.copy(weights, batch.weights());
        }

        @Override
        public void close() {
            List.of(values, targets, lengths, weights).forEach(DeviceBuffer::close);
        }
    }

    private static float[] losses(Backend backend, boolean bidirectional) {
        NetworkConfig config =
                new NetworkConfig(new InputPart.Features(1), Cell.GRU, 12, 1, bidirectional, 0, new Head.Values(1));
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
        try (Network network = new Network(backend, config, Precision.FP32);
                Neighbours feed = new Neighbours(backend);
                TrainingStep step = new TrainingStep(
                        network, feed, new TrainingStep.Spec(STEPS, SEQUENCES, adam, false, 0, 1, 3))) {
            network.initialise(1, Initialisation.UNIFORM);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, 0.02f);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            for (int i = 0; i < ROUNDS; i++) {
                step.run();
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            return losses;
        }
    }

    @Test
    void bothDirectionsLearnWhatOneCannotSee() {
        try (Backend cpu = new CpuBackend(2);
                Backend reference = new ReferenceBackend()) {
            float[] both = losses(cpu, true);
            float[] one = losses(cpu, false);
            assertTrue(both[ROUNDS - 1] < 0.1f * both[0], "from %s to %s".formatted(both[0], both[ROUNDS - 1]));
            assertTrue(one[ROUNDS - 1] > 3 * both[ROUNDS - 1], one[ROUNDS - 1] + " and " + both[ROUNDS - 1]);
            assertArrayEquals(firstOf(losses(reference, true)), firstOf(both), 1e-5f);
        }
    }

    /** Also where a step is recorded and played again. */
    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void otherBackendsLearnTheSame(String name) {
        try (Backend backend = name.equals("cuda") ? CudaTestBackend.open() : OpenClTestBackend.open();
                Backend reference = new ReferenceBackend()) {
            assertArrayEquals(firstOf(losses(reference, true)), firstOf(losses(backend, true)), 1e-5f);
        }
    }

    private static float[] firstOf(float[] losses) {
        return Arrays.copyOf(losses, 20);
    }

    @Test
    void theNextTokenWouldBeSeen() {
        NetworkConfig config =
                new NetworkConfig(new InputPart.Tokens(5, 3), Cell.LSTM, 4, 1, true, 0, new Head.NextToken(5, false));
        try (Backend backend = new CpuBackend(1)) {
            LstmGpuException refusal =
                    assertThrows(LstmGpuException.class, () -> new Network(backend, config, Precision.FP32).close());
            assertEquals(ExitCode.USAGE, refusal.exitCode());
            assertTrue(refusal.getMessage().contains("both directions"), refusal.getMessage());
            assertEquals(0, backend.allocatedBytes());
        }
    }
}
