package lstmgpu.network;

import java.util.Arrays;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.StepClock;

/** Some training steps and what they leave behind. */
@SuppressWarnings("ArrayRecordComponent")
public record StepRun(float[] losses, float[] weights) {
    public static final int STEPS = 5;
    public static final int BATCH = 3;

    /** Relative; rounding differences grow from step to step. */
    private static final double LOSS_TOLERANCE = 2e-4;

    public static StepRun train(Backend backend, NetworkConfig config, int[] text, int count) {
        return train(backend, RnnImplementation.AUTO, config, text, count);
    }

    public static StepRun train(Backend backend, RnnImplementation rnn, NetworkConfig config, int[] text, int count) {
        return train(backend, rnn, config, text, count, Regularisation.NONE);
    }

    public static StepRun train(
            Backend backend,
            RnnImplementation rnn,
            NetworkConfig config,
            int[] text,
            int count,
            Regularisation regularisation) {
        int sequence = (text.length - 1) / BATCH;
        BatchSpec batch = new BatchSpec(STEPS, BATCH, 0, sequence, STEPS, false, 0, 0);
        TrainingStep.Spec spec = new TrainingStep.Spec(
                batch.steps(),
                batch.batch(),
                WeightUpdate.Spec.of(OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1)),
                true,
                0.3f,
                Math.toIntExact(sequence / STEPS),
                11,
                BatchShare.whole(batch.batch()),
                regularisation);
        try (Network model = new Network(backend, config, Precision.FP32, rnn);
                TokenFeed feed = new TokenFeed(backend, TestText.segment(text), 1, batch);
                TrainingStep step = new TrainingStep(model, feed, spec)) {
            model.initialise(1, Initialisation.UNIFORM);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, 0.01f);
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
            long held = backend.allocatedBytes();
            for (int i = 0; i < count; i++) {
                step.run();
            }
            if (backend.allocatedBytes() != held) {
                throw new AssertionError("a step allocates device memory");
            }
            float[] losses = new float[TrainingStep.LOSS_HISTORY];
            step.readLosses(losses);
            float[] weights = new float[Math.toIntExact(model.parameters().length())];
            backend.download(model.parameters(), weights);
            return new StepRun(losses, weights);
        }
    }

    /** Fails unless the first {@code steps} losses are those of {@code expected}, and the network learned. */
    public void requireCurveOf(StepRun expected, int steps, String what) {
        for (int step = 0; step < steps; step++) {
            double error = Math.abs(losses[step] / expected.losses()[step] - 1);
            if (!(error < LOSS_TOLERANCE)) {
                throw new AssertionError("%s, step %d: %g".formatted(what, step, error));
            }
        }
        if (!(expected.losses()[steps - 1] < 0.9 * expected.losses()[0])) {
            throw new AssertionError("the network does not learn");
        }
    }
}
