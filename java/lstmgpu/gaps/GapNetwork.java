package lstmgpu.gaps;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.random.RandomGenerator;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;
import lstmgpu.network.Batch;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;

/**
 * A network of one recurrent layer that learns a problem from new sequences at every step. They are brought to the
 * device before a step, which itself moves nothing.
 */
final class GapNetwork implements AutoCloseable {
    private static final float CLIP = 1;

    private final GapProblem problem;
    private final int length;
    private final int sequences;
    private final Backend backend;
    private final RandomGenerator random;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Pass training;
    private final Pass judging;
    private final Step step;

    GapNetwork(
            Backend backend, GapProblem problem, Cell cell, int length, GapSettings settings, RandomGenerator random) {
        this.problem = problem;
        this.length = length;
        this.sequences = settings.batch();
        this.backend = backend;
        this.random = random;
        try {
            int steps = problem.steps(length);
            NetworkConfig config = new NetworkConfig(problem.input(), cell, settings.hidden(), 1, 0, problem.head());
            Network network = keep(new Network(backend, config, Precision.FP32));
            network.initialise(settings.seed(), settings.initialisation());
            if (settings.chrono()) {
                ChronoBias.set(network, steps, random);
            }
            StepClock clock = keep(new StepClock(backend));
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, settings.learningRate());
            clock.setRates(rates);
            clock.set(0, 0, 0);
            Batch.Form form =
                    new Batch.Form(steps, sequences, false, problem.head().judgesSteps());
            this.training = keep(Pass.training(network, form, new Pass.Masks(clock, settings.seed())));
            this.judging = keep(Pass.forward(network, form, Purpose.JUDGE, steps));
            this.step = keep(learning(network, clock));
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.push(part);
        return part;
    }

    /** Adam, with PyTorch's defaults. */
    private Step learning(Network network, StepClock clock) {
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, CLIP);
        DeviceBuffer first =
                keep(backend.alloc(ElementType.FLOAT32, network.layout().length()));
        DeviceBuffer second =
                keep(backend.alloc(ElementType.FLOAT32, network.layout().length()));
        DeviceBuffer normSquared = keep(backend.alloc(ElementType.FLOAT32, 1));
        return backend.capture(() -> {
            training.differentiate();
            backend.optimisation().sumOfSquares(training.gradients(), normSquared);
            backend.optimisation()
                    .optimizerStep(adam, clock, network.parameters(), training.gradients(), first, second, normSquared);
            backend.optimisation().advance(clock, Integer.MAX_VALUE);
        });
    }

    /** One step on new sequences; may return before the device is done. */
    void learn() {
        problem.draw(length, sequences, random).upload(backend, training.batch());
        step.run();
    }

    /** The mean loss of the last step; waits for it. */
    double loss() {
        return mean(training);
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
            Examples examples = problem.draw(length, sequences, random);
            examples.upload(backend, judging.batch());
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
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException failure) {
                throw failure;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
