package lstmgpu.train;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Clusters;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;

/**
 * Times training steps over tokens of which token r comes with a probability by 1/(r+1), as words do, for
 * {@code tests/peers/speed_softmax.py}; prints tokens a second.
 */
final class SoftmaxSpeed {
    private static final int LAYERS = 2;
    private static final int UNITS = 200;
    private static final int SEQUENCES = 20;
    private static final int STEPS = 35;
    private static final int STEPS_OF_TEXT = 200;
    private static final int WARM_UP = 3;

    private SoftmaxSpeed() {}

    /** @param arguments V, seconds, threads, cutoffs with commas or nothing */
    static void main(String... arguments) {
        int vocabulary = Integer.parseInt(arguments[0]);
        double seconds = Double.parseDouble(arguments[1]);
        NetworkConfig plain = NetworkConfig.ofTokens(Cell.LSTM, vocabulary, UNITS, UNITS, LAYERS, 0, false);
        NetworkConfig config = plain;
        if (arguments.length > 3) {
            List<Integer> cutoffs =
                    Arrays.stream(arguments[3].split(",")).map(Integer::valueOf).toList();
            config = plain.withClusters(new Clusters(vocabulary, cutoffs));
        }
        BatchPlan plan = BatchPlan.carried("the text", (long) SEQUENCES * STEPS * STEPS_OF_TEXT + 1, SEQUENCES, STEPS);
        try (Arena arena = Arena.ofShared();
                Backend backend = new CpuBackend(Integer.parseInt(arguments[2]));
                Network network = new Network(backend, config, Precision.FP32);
                TokenFeed feed = new TokenFeed(backend, text(arena, vocabulary), Integer.BYTES, plan.spec());
                TrainingStep step = new TrainingStep(
                        network,
                        feed,
                        new TrainingStep.Spec(
                                STEPS,
                                SEQUENCES,
                                OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 1f),
                                true,
                                0,
                                plan.stepsPerEpoch(),
                                1))) {
            network.initialise(1, Initialisation.UNIFORM);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, 1f);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            System.out.println(SEQUENCES * STEPS / median(backend, step, seconds));
        }
    }

    private static double median(Backend backend, TrainingStep step, double seconds) {
        double[] times = new double[10_000];
        int count = 0;
        long until = Long.MAX_VALUE;
        for (int i = 0; count < times.length && (count < 5 || System.nanoTime() < until); i++) {
            long start = System.nanoTime();
            step.run();
            backend.synchronize();
            if (i == WARM_UP) {
                until = System.nanoTime() + (long) (seconds * 2e9);
            } else if (i > WARM_UP && System.nanoTime() > until - (long) (seconds * 1e9)) {
                times[count++] = (System.nanoTime() - start) * 1e-9;
            }
        }
        Arrays.sort(times, 0, count);
        return times[count / 2];
    }

    private static MemorySegment text(Arena arena, int vocabulary) {
        double[] below = new double[vocabulary];
        double sum = 0;
        for (int token = 0; token < vocabulary; token++) {
            sum += 1.0 / (token + 1);
            below[token] = sum;
        }
        int length = SEQUENCES * STEPS * STEPS_OF_TEXT + 1;
        MemorySegment tokens = arena.allocate((long) length * Integer.BYTES, Integer.BYTES);
        ValueLayout.OfInt layout = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < length; i++) {
            int at = Arrays.binarySearch(below, random.nextDouble() * sum);
            tokens.setAtIndex(layout, i, Math.min(at < 0 ? -1 - at : at, vocabulary - 1));
        }
        return tokens;
    }
}
