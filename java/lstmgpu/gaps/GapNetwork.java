package lstmgpu.gaps;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.network.Batch;
import lstmgpu.network.Feed;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.network.Resources;
import lstmgpu.network.TrainingStep;

/** A network of one recurrent layer that learns a problem from new sequences at every step. */
final class GapNetwork implements AutoCloseable {
    private static final float CLIP = 1;

    private final GapProblem problem;
    private final int length;
    private final int sequences;
    private final Backend backend;
    private final RandomGenerator random;
    private final Resources memory;
    private final Pass judging;
    private final TrainingStep step;
    private final float[] losses = new float[TrainingStep.LOSS_HISTORY];
    private int steps;

    GapNetwork(
            Backend backend, GapProblem problem, Cell cell, int length, GapSettings settings, RandomGenerator random) {
        this.problem = problem;
        this.length = length;
        this.sequences = settings.batch();
        this.backend = backend;
        this.random = random;
        this.memory = new Resources(backend);
        try {
            int most = problem.steps(length);
            NetworkConfig config = new NetworkConfig(problem.input(), cell, settings.hidden(), 1, 0, problem.head());
            Network network = memory.keep(new Network(backend, config, Precision.FP32));
            network.initialise(settings.seed(), settings.initialisation(), most);
            Batch.Form form =
                    new Batch.Form(most, sequences, false, problem.head().judgesSteps());
            this.judging = memory.keep(Pass.forward(network, form, Purpose.JUDGE, most));
            OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, CLIP);
            this.step = memory.keep(new TrainingStep(
                    network,
                    new Drawn(form),
                    new TrainingStep.Spec(most, sequences, adam, false, 0, Integer.MAX_VALUE, settings.seed())));
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, settings.learningRate());
            step.clock().setRates(rates);
            step.clock().set(0, 0, 0);
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** New sequences for every step. They come to the device before it, into the batch that is judged otherwise. */
    private final class Drawn implements Feed {
        private final Batch.Form form;

        Drawn(Batch.Form form) {
            this.form = form;
        }

        @Override
        public List<Batch.Form> forms(int most, int batch) {
            return List.of(form);
        }

        @Override
        public int next(int epoch, int epochStep) {
            draw();
            return 0;
        }

        @Override
        public void fill(Batch batch, StepClock clock) {
            Batch drawn = judging.batch();
            backend.copy(drawn.inputs(), batch.inputs());
            backend.copy(drawn.targets(), batch.targets());
            if (batch.weights() != null) {
                backend.copy(drawn.weights(), batch.weights());
            }
        }

        @Override
        public void close() {}
    }

    private Examples draw() {
        Examples examples = problem.draw(length, sequences, random);
        examples.upload(backend, judging.batch());
        return examples;
    }

    /** One step on new sequences; may return before the device is done. */
    void learn() {
        step.run();
        steps++;
    }

    /** The mean loss of the last step; waits for it. */
    double loss() {
        step.readLosses(losses);
        return losses[(steps - 1) % losses.length];
    }

    private double mean(Pass pass) {
        float[] losses = new float[Math.toIntExact(pass.losses().length())];
        backend.download(pass.losses(), losses);
        double sum = 0;
        for (float loss : losses) {
            sum += loss;
        }
        return sum / losses.length;
    }

    /**
     * What it is worth on new sequences: the share of right answers, or the mean squared error.
     *
     * @param count of sequences at least
     */
    double judge(int count) {
        judging.refresh();
        double sum = 0;
        int batches = Math.ceilDiv(count, sequences);
        for (int i = 0; i < batches; i++) {
            Examples examples = draw();
            judging.judge();
            sum += problem.isCounted() ? examples.right(answers()) : mean(judging);
        }
        return sum / batches;
    }

    private int[] answers() {
        int[] best = new int[Math.toIntExact(judging.best().length())];
        backend.download(judging.best(), best);
        return best;
    }

    @Override
    public void close() {
        memory.close();
    }
}
