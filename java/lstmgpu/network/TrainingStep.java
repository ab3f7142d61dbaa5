package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;

/**
 * A whole training step: batch, forward, loss, backward, clip, optimiser. It is prepared once; running it allocates
 * nothing and moves nothing between host and device.
 */
public final class TrainingStep implements AutoCloseable {
    /** Means of the last so many losses are kept on the device. */
    public static final int LOSS_HISTORY = 512;

    private static final String FIRST_MOMENT = "first_moment.";
    private static final String SECOND_MOMENT = "second_moment.";

    /**
     * @param steps T
     * @param batch B
     * @param carryState whether the final state of a step is the initial state of the next one; otherwise each
     *     starts from zero
     * @param resetState probability that a sequence begins a step from a zero state although states are carried, in [0, 1)
     * @param stepsPerEpoch steps after which the clock counts an epoch
     * @param seed of the dropout masks and of those sequences
     */
    public record Spec(
            int steps,
            int batch,
            OptimizerSpec optimizer,
            boolean carryState,
            float resetState,
            int stepsPerEpoch,
            long seed) {
        boolean resets() {
            return carryState && resetState > 0;
        }
    }

    private final Network model;
    private final Backend backend;
    private final Spec spec;
    private final StepClock clock;
    private final Pass pass;
    private final DeviceBuffer firstMoment;
    private final DeviceBuffer secondMoment;
    private final DeviceBuffer normSquared;
    private final DeviceBuffer history;
    private final Step step;

    /**
     * Allocates everything that training needs beside the model.
     *
     * @throws LstmGpuException with exit code 5 if memory is short
     */
    public TrainingStep(Network model, Feed feed, Spec spec) {
        this.model = model;
        this.backend = model.backend();
        this.spec = spec;
        this.clock = new StepClock(backend);
        this.pass = Pass.training(model, feed.form(spec.steps(), spec.batch()), new Pass.Masks(clock, spec.seed()));
        this.firstMoment = moment(spec.optimizer().usesFirstMoment());
        this.secondMoment = moment(spec.optimizer().usesSecondMoment());
        this.normSquared = backend.alloc(ElementType.FLOAT32, 1);
        this.history = backend.alloc(ElementType.FLOAT32, LOSS_HISTORY);
        this.step = backend.capture(() -> body(feed));
    }

    private DeviceBuffer moment(boolean used) {
        return used ? backend.alloc(ElementType.FLOAT32, model.layout().length()) : null;
    }

    private void body(Feed feed) {
        feed.fill(pass.batch(), clock);
        if (spec.resets()) {
            pass.plan().resetSequences(spec.resetState(), spec.seed(), clock);
        }
        pass.differentiate();
        Optimisation optimisation = backend.optimisation();
        optimisation.sumOfSquares(pass.gradients(), normSquared);
        optimisation.optimizerStep(
                spec.optimizer(), clock, model.parameters(), pass.gradients(), firstMoment, secondMoment, normSquared);
        backend.losses().recordMean(pass.losses(), clock, history);
        if (spec.carryState()) {
            pass.plan().carryState();
        }
        optimisation.advance(clock, spec.stepsPerEpoch());
    }

    /** Trains on one batch; may return before the device is done. */
    public void run() {
        step.run();
    }

    /** Says which step comes next and with which learning rates. */
    public StepClock clock() {
        return clock;
    }

    /** The initial state of the next step becomes zero. */
    public void resetState() {
        pass.plan().resetState();
    }

    public RnnState readState() {
        return pass.plan().readState();
    }

    public void writeState(RnnState state) {
        pass.plan().writeState(state);
    }

    /**
     * Waits for the steps so far.
     *
     * @param target takes the loss of step s at {@code s % LOSS_HISTORY}
     */
    public void readLosses(float[] target) {
        backend.download(history, target);
    }

    /** The global norm of the last step's gradients before clipping; waits for it. */
    public double gradientNorm() {
        float[] value = new float[1];
        backend.download(normSquared, value);
        return Math.sqrt(value[0]);
    }

    /** What the optimiser remembers of every weight, copied to the host. */
    public Map<String, Tensor> optimizerTensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        collect(FIRST_MOMENT, firstMoment, tensors);
        collect(SECOND_MOMENT, secondMoment, tensors);
        return tensors;
    }

    private void collect(String prefix, DeviceBuffer moment, Map<String, Tensor> tensors) {
        if (moment != null) {
            model.unpack(moment).forEach((name, tensor) -> tensors.put(prefix + name, tensor));
        }
    }

    /**
     * Restores {@link #optimizerTensors}.
     *
     * @throws LstmGpuException with exit code 3, naming the tensor, if they do not fit
     */
    public void loadOptimizer(Map<String, Tensor> tensors) {
        restore(FIRST_MOMENT, firstMoment, tensors);
        restore(SECOND_MOMENT, secondMoment, tensors);
    }

    /** The optimiser remembers nothing, as before the first step. */
    public void clearOptimizer() {
        for (DeviceBuffer moment : new DeviceBuffer[] {firstMoment, secondMoment}) {
            if (moment != null) {
                backend.fill(moment, 0);
            }
        }
    }

    private void restore(String prefix, DeviceBuffer moment, Map<String, Tensor> tensors) {
        if (moment == null) {
            return;
        }
        Map<String, Tensor> own = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), tensor);
            }
        });
        backend.upload(model.pack(own, "the checkpoint's optimiser state"), moment);
    }

    @Override
    public void close() {
        step.close();
        pass.close();
        history.close();
        normSquared.close();
        if (firstMoment != null) {
            firstMoment.close();
        }
        if (secondMoment != null) {
            secondMoment.close();
        }
        clock.close();
    }
}
