package lstmgpu.bench;

import java.util.Arrays;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Network;
import lstmgpu.network.Regularisation;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TrainingStep;
import lstmgpu.network.WeightUpdate;
import lstmgpu.parallel.Peers;

/** A model that trains on random tokens. */
final class BenchTraining implements AutoCloseable {
    private static final int STEPS_OF_TEXT = 8;
    private static final float RATE = 1e-3f;
    private static final long SEED = 1;

    private final BenchText text;
    private final TokenFeed feed;
    private final Network model;
    private final TrainingStep step;

    /** In a process by itself. */
    BenchTraining(Network model, BenchShape shape, OptimizerSpec.Kind optimizer) {
        this(model, shape, optimizer, Peers.ALONE);
    }

    /**
     * @param model closed with this
     * @param peers who divide the batch of this shape
     */
    BenchTraining(Network model, BenchShape shape, OptimizerSpec.Kind optimizer, Peers peers) {
        this.model = model;
        long length = (long) shape.batch() * shape.steps() * STEPS_OF_TEXT + 1;
        text = new BenchText(length, shape.vocabulary());
        BatchPlan plan = BatchPlan.carried("the text of the benchmark", length, shape.batch(), shape.steps())
                .shared(peers.sequences(shape.batch()), peers.share(shape.batch()));
        feed = new TokenFeed(model.backend(), text.tokens(), BenchText.BYTES_PER_TOKEN, plan.spec());
        try {
            step = new TrainingStep(
                    model,
                    feed,
                    new TrainingStep.Spec(
                            shape.steps(),
                            plan.spec().batch(),
                            WeightUpdate.Spec.of(OptimizerSpec.of(optimizer, 0, 0, 1f)),
                            true,
                            0,
                            plan.stepsPerEpoch(),
                            SEED,
                            plan.spec().share(),
                            Regularisation.NONE),
                    peers);
        } catch (RuntimeException | Error failure) {
            closeAllButStep();
            throw failure;
        }
        step.clock().setRates(rates(optimizer == OptimizerSpec.Kind.SGD ? 1f : RATE));
    }

    Network model() {
        return model;
    }

    TrainingStep step() {
        return step;
    }

    private static float[] rates(float rate) {
        float[] rates = new float[StepClock.RATES];
        Arrays.fill(rates, rate);
        return rates;
    }

    @Override
    public void close() {
        step.close();
        closeAllButStep();
    }

    private void closeAllButStep() {
        model.close();
        feed.close();
        text.close();
    }
}
