package lstmgpu.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;
import lstmgpu.network.WeightUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two or three processes that share a batch learn what one learns from all of it. */
class SharedTrainingTest {
    private static final int STEPS = 6;
    private static final int BATCH = 7;
    private static final int RUNS = 16;
    private static final int SEQUENCE = 48;
    private static final int[] TEXT = TestText.cycle(BATCH * SEQUENCE + 1, 9);

    /** All that is drawn or penalised, each counted as for the whole batch. */
    private static final Regularisation REGULARISED = new Regularisation(0.2f, 0.2f, 0.4f, 0.2f, true, 1, 1, 0.1f);

    private static final String REFERENCE = "the reference";

    private static final ReentrantLock PREPARING = new ReentrantLock();

    /** Relative to the largest. */
    private static final double TOLERANCE = 2e-4;

    /** The same in float64. */
    private static final double EXACT = 1e-11;

    /** Of what is read as float32 and was computed in float64. */
    private static final double READ = 1e-6;

    /** What a process has in the end. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Result(double[] weights, float[] losses, double norm) {}

    record Case(Cell cell, boolean shuffled, RnnImplementation rnn, String on, Supplier<Backend> backend) {
        @Override
        public String toString() {
            return "%s %s %s on %s".formatted(cell, shuffled ? "shuffled" : "carried", rnn, on);
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean shuffled : new boolean[] {false, true}) {
            for (Cell cell : Cell.values()) {
                cases.add(new Case(cell, shuffled, RnnImplementation.AUTO, REFERENCE, ReferenceBackend::new));
                cases.add(new Case(cell, shuffled, RnnImplementation.AUTO, "the CPU", () -> new CpuBackend(1)));
            }
        }
        for (RnnImplementation rnn : List.of(RnnImplementation.FUSED, RnnImplementation.CUDNN)) {
            cases.add(new Case(Cell.LSTM, true, rnn, "the stand-in", CudaTestBackend::open));
            cases.add(new Case(Cell.GRU, false, rnn, "the stand-in", CudaTestBackend::open));
        }
        return cases.stream();
    }

    private static Result train(Backend backend, Case test, Peers peers) {
        BatchSpec all = test.shuffled()
                ? new BatchSpec(STEPS, BATCH, 0, 3, 0, true, 60, 5)
                : new BatchSpec(STEPS, BATCH, 0, SEQUENCE, STEPS, false, 0, 0);
        BatchSpec batch = all.shared(peers.sequences(BATCH), peers.share(BATCH));
        TrainingStep.Spec spec = new TrainingStep.Spec(
                STEPS,
                batch.batch(),
                WeightUpdate.Spec.of(OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0.9f, 0, 1)),
                !test.shuffled(),
                0.3f,
                SEQUENCE / STEPS,
                11,
                batch.share(),
                REGULARISED);
        NetworkConfig config = NetworkConfig.ofTokens(test.cell(), 9, 5, 8, 2, 0.3f, false);
        PREPARING.lock(); // A recording fails where another thread of the process allocates.
        try (Network model = new Network(backend, config, Precision.FP32, test.rnn());
                TokenFeed feed = new TokenFeed(backend, TestText.segment(TEXT), 1, batch);
                TrainingStep step = new TrainingStep(model, feed, spec, peers)) {
            model.initialise(1, Initialisation.UNIFORM);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, 0.05f);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            PREPARING.unlock();
            peers.agree(false);
            for (int i = 0; i < RUNS; i++) {
                step.run();
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            float[] norms = new float[TrainingStep.LOSS_HISTORY];
            step.readGradientNorms(norms);
            return new Result(weights(model), Arrays.copyOf(losses, RUNS), norms[RUNS - 1]);
        } finally {
            if (PREPARING.isHeldByCurrentThread()) {
                PREPARING.unlock();
            }
        }
    }

    private static double[] weights(Network model) {
        int length = Math.toIntExact(model.parameters().length());
        double[] weights = new double[length];
        if (model.backend() instanceof ReferenceBackend reference) {
            reference.download(model.parameters(), weights);
        } else {
            float[] single = new float[length];
            model.backend().download(model.parameters(), single);
            Arrays.setAll(weights, i -> single[i]);
        }
        return weights;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sharesOfABatchAddUpToIt(Case test) {
        Result alone;
        try (Backend backend = test.backend().get()) {
            alone = train(backend, test, Peers.ALONE);
        }
        assertTrue(alone.losses()[RUNS - 1] < alone.losses()[0], "it learns");
        for (int size : test.cell() == Cell.LSTM ? new int[] {2, 3} : new int[] {3}) {
            List<Result> results =
                    ThreadPeers.run(size, test.backend(), (backend, peers) -> train(backend, test, peers));
            boolean exact = test.on().equals(REFERENCE);
            double read = exact ? READ : TOLERANCE;
            for (Result result : results) {
                assertArrayEquals(results.getFirst().weights(), result.weights(), "all have the same weights");
                double largest =
                        Arrays.stream(alone.weights()).map(Math::abs).max().orElseThrow();
                assertArrayEquals(alone.weights(), result.weights(), (exact ? EXACT : TOLERANCE) * largest, "weights");
                assertArrayEquals(alone.losses(), result.losses(), (float) (read * alone.losses()[0]), "losses");
                assertEquals(alone.norm(), result.norm(), 5 * read * alone.norm(), "norm of " + size);
            }
        }
    }

    @Test
    void aBatchIsDividedAmongAll() {
        List<List<Integer>> shares = ThreadPeers.run(
                3,
                ReferenceBackend::new,
                (_, peers) -> List.of(
                        peers.share(7).first(),
                        peers.sequences(7),
                        peers.share(7).all()));
        assertEquals(List.of(List.of(0, 2, 7), List.of(2, 2, 7), List.of(4, 3, 7)), shares);
        ThreadPeers.run(3, ReferenceBackend::new, (_, peers) -> {
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> peers.share(2));
            assertEquals(ExitCode.USAGE, refusal.exitCode());
            assertTrue(refusal.getMessage().contains("--batch-size 2"), refusal.getMessage());
            return null;
        });
    }
}
