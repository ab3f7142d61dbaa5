package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Batch;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.network.Resources;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps of random lengths read a text on, with their states, wherever they are computed. */
class VaryLengthTest {
    private static final int SEQUENCES = 3;
    private static final long SEED = 9;
    private static final BatchPlan PLAN = BatchPlan.varying("the text", Runs.TRAINING.length(), SEQUENCES, 10, SEED);

    /** With a learning rate of 0 the losses of an epoch's steps are those of one long step. */
    @ParameterizedTest
    @EnumSource(ResumeTest.Device.class)
    void nothingIsLostBetweenSteps(ResumeTest.Device device) {
        NetworkConfig lstm = Runs.config(Cell.LSTM, 0);
        boolean projects = device.rnn() == RnnImplementation.AUTO || device.rnn() == RnnImplementation.FUSED;
        NetworkConfig third = projects ? lstm.withProjection(6) : lstm;
        for (NetworkConfig config : List.of(lstm, Runs.config(Cell.GRU, 0), third)) {
            float[] expected = wholeEpoch(config);
            try (Backend backend = device.open()) {
                assertNotNull(backend, "this device is not there");
                assertArrayEquals(expected, steps(backend, device, config), 2e-5f, device + ", " + config);
            }
        }
    }

    private static int[] lengths() {
        int[] forms = PLAN.lengths().forms();
        return Arrays.stream(PLAN.epoch(0).forms()).map(form -> forms[form]).toArray();
    }

    private static float[] steps(Backend backend, ResumeTest.Device device, NetworkConfig config) {
        try (Network network = new Network(backend, config, Precision.FP32, device.rnn());
                TokenFeed feed = feed(backend);
                TrainingStep step = new TrainingStep(
                        network,
                        feed,
                        new TrainingStep.Spec(
                                PLAN.spec().steps(),
                                SEQUENCES,
                                OptimizerSpec.of(OptimizerSpec.Kind.SGD, 0, 0, 0),
                                true,
                                0,
                                PLAN.stepsPerEpoch(),
                                SEED))) {
            network.initialise(17, Initialisation.UNIFORM);
            step.clock().setRates(new float[StepClock.RATES]);
            step.clock().set(0, 0, 0);
            step.resetState();
            for (int i = 0; i < PLAN.stepsPerEpoch(); i++) {
                step.run();
                if (i == 4) {
                    step.writeState(step.readState()); // As a run does that is resumed.
                }
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            return Arrays.copyOf(losses, PLAN.stepsPerEpoch());
        }
    }

    private static TokenFeed feed(Backend backend) {
        return new TokenFeed(backend, Runs.TEXT.training(), Runs.TEXT.bytesPerToken(), PLAN);
    }

    /** The same stretches of the reference's losses over the whole epoch in one. */
    private static float[] wholeEpoch(NetworkConfig config) {
        int[] lengths = lengths();
        int all = Arrays.stream(lengths).sum();
        try (Backend backend = new ReferenceBackend();
                Resources memory = new Resources(backend);
                Network network = new Network(backend, config, Precision.FP32)) {
            network.initialise(17, Initialisation.UNIFORM);
            Pass pass = memory.keep(Pass.forward(network, Batch.Form.of(all, SEQUENCES), Purpose.JUDGE, all));
            StepClock clock = memory.keep(new StepClock(backend));
            TokenFeed feed = memory.keep(
                    new TokenFeed(backend, Runs.TEXT.training(), 1, PLAN.spec().withSteps(all)));
            clock.set(0, 0, 0);
            feed.fill(pass.batch(), clock);
            pass.refresh();
            pass.judge();
            float[] losses = new float[all * SEQUENCES];
            backend.download(pass.losses(), losses);
            float[] means = new float[lengths.length];
            int from = 0;
            for (int step = 0; step < lengths.length; step++) {
                int to = from + lengths[step] * SEQUENCES;
                double sum = 0;
                for (int i = from; i < to; i++) {
                    sum += losses[i];
                }
                means[step] = (float) (sum / (to - from));
                from = to;
            }
            return means;
        }
    }

    @Test
    void aTextThatIsTooShortIsRefused() {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> BatchPlan.varying("t.txt", 200, 4, 64, SEED));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertEquals(
                "t.txt has 200 tokens, and the longest step of --batch-size 4, --seq-length 64 and --vary-length needs"
                        + " 281; use more text, or a smaller batch or length",
                refusal.getMessage());
    }

    @Test
    void windowsHaveOneLength() {
        assertThrows(
                LstmGpuException.class,
                () -> new TrainingSettings.Loop(4, 10, 7, 0, true, 1, TrainingSettings.UNLIMITED, 0));
    }

    @Test
    void aStepsRateFollowsItsLength() {
        int[] lengths = lengths();
        float[] rates = new float[StepClock.RATES];
        try (Backend backend = new ReferenceBackend();
                StepClock clock = new StepClock(backend)) {
            RateSettings constant = new RateSettings(Schedule.Kind.CONSTANT, 0, 1, 0);
            Schedule schedule = new Schedule(constant, 0.5f, PLAN.stepsPerEpoch(), TrainingSettings.UNLIMITED, false);
            new ComingRates(clock, schedule, null, PLAN, false).reach(0);
            backend.download(clock.rates(), rates);
        }
        for (int step = 0; step < lengths.length; step++) {
            assertEquals(0.5 * lengths[step] / 10, rates[step], 1e-6);
        }
        assertEquals(
                1, BatchPlan.carried("t", TestText.rhyme(12).length(), 2, 5).rateShare(3));
    }
}
