package lstmgpu.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.StepClock;
import lstmgpu.data.BatchPlan;
import lstmgpu.model.EvaluationResult;
import lstmgpu.model.LossChart;
import lstmgpu.model.MetricsFile;
import lstmgpu.model.ModelDirectory;
import lstmgpu.model.Tensor;
import lstmgpu.model.TrainingStep;

/**
 * The steps of a run and what happens between them. At one step the order is: look at the losses, evaluate, write a sample, write a
 * checkpoint; so a checkpoint knows of the evaluation at its step.
 */
final class TrainingLoop {
    private static final int MOST_ROWS = 500;
    private static final int SHORTEST_ROW = 20;
    private static final int MOST_UNSOUND_LOOKS = 3;

    private final TrainingNetwork network;
    private final BatchPlan plan;
    private final TrainingSettings settings;
    private final ModelDirectory directory;
    private final TrainingListener listener;
    private final Map<String, String> identity;
    private final TrainingSamples samples;
    private final int totalSteps;
    private final int rowEvery;
    private final long tokensPerStep;
    private final Schedule schedule;
    private final EarlyStopping stopping;
    private final LossWatch watch;
    private final CheckpointStore checkpoints;
    private final MetricsFile metrics;
    private final float[] losses = new float[TrainingStep.LOSS_HISTORY];
    private final float[] rates = new float[StepClock.RATES];
    private Pace pace;
    private double earlierSeconds;
    private double lastLoss = Double.NaN;
    private double gradientNorm = Double.NaN;
    private int unsoundLooks;
    private int step;
    private int lookedStep;
    private int ratesEnd;
    private int savedStep = -1;
    private int evaluatedStep;

    TrainingLoop(
            TrainingNetwork network,
            BatchPlan plan,
            TrainingSettings settings,
            ModelDirectory directory,
            TrainingListener listener,
            Map<String, String> identity,
            TrainingSamples samples,
            int totalSteps) {
        this.network = network;
        this.plan = plan;
        this.settings = settings;
        this.directory = directory;
        this.listener = listener;
        this.identity = identity;
        this.samples = samples;
        this.totalSteps = totalSteps;
        int planned = totalSteps == TrainingSettings.UNLIMITED ? plan.stepsPerEpoch() : totalSteps;
        this.rowEvery = Math.max(SHORTEST_ROW, planned / MOST_ROWS);
        this.tokensPerStep = (long) plan.spec().batch() * plan.spec().steps();
        this.schedule = new Schedule(
                settings.rate(), settings.optimisation().learningRate(), plan.stepsPerEpoch(), totalSteps);
        this.stopping = new EarlyStopping(settings.validation());
        this.watch = new LossWatch(network.model().config().vocabularySize());
        this.checkpoints = new CheckpointStore(directory.checkpoints(), settings.saving().keep());
        this.metrics = directory.metrics();
    }

    /** Goes on from the newest checkpoint. */
    void resume() {
        Path folder = checkpoints.newest();
        Checkpoint checkpoint = CheckpointStore.read(folder);
        Checkpoint.State state = checkpoint.state();
        RunIdentity.check(state.run(), identity);
        network.restore(checkpoint);
        schedule.restore(state.schedule());
        stopping.restore(state.stopping());
        watch.restore(state.losses());
        step = state.step();
        lookedStep = step;
        savedStep = step;
        evaluatedStep = due(settings.validation().every()) ? step : -1;
        earlierSeconds = state.seconds();
        metrics.truncateAfter(evaluatedStep == step || step % rowEvery == 0 ? step : step - 1);
        Map<String, Tensor> best = CheckpointStore.readBest(folder);
        if (best != null) {
            directory.saveWeights(best);
        }
    }

    int step() {
        return step;
    }

    TrainingResult run(BooleanSupplier stopRequested) {
        pace = new Pace(step, settings.loop().maxSeconds());
        network.step().clock().set(step, step % plan.stepsPerEpoch(), step / plan.stepsPerEpoch());
        TrainingResult.Reason end = end(stopRequested);
        while (end == null) {
            trainStep();
            afterStep();
            end = end(stopRequested);
        }
        return finish(end);
    }

    private TrainingResult.Reason end(BooleanSupplier stopRequested) {
        if (stopRequested.getAsBoolean()) {
            return TrainingResult.Reason.STOP_REQUESTED;
        }
        if (step >= totalSteps) {
            return TrainingResult.Reason.COMPLETED;
        }
        if (stopping.exhausted()) {
            return TrainingResult.Reason.PATIENCE;
        }
        return pace.timeOver() ? TrainingResult.Reason.TIME : null;
    }

    private void trainStep() {
        if (plan.carriesState() && step % plan.stepsPerEpoch() == 0) {
            network.step().resetState();
        }
        if (step >= ratesEnd) {
            setRates();
        }
        network.step().run();
        step++;
    }

    private void setRates() {
        for (int i = 0; i < StepClock.RATES; i++) {
            rates[(step + i) % StepClock.RATES] = schedule.rate(step + i);
        }
        network.step().clock().setRates(rates);
        ratesEnd = step + StepClock.RATES;
    }

    private void afterStep() {
        boolean row = step % rowEvery == 0;
        boolean evaluation = due(settings.validation().every());
        boolean saving = due(settings.saving().every());
        boolean sample = samples.due(step);
        if (!(row || evaluation || saving || sample || pace.lookDue(step))) {
            return;
        }
        look();
        if (evaluation) {
            evaluate();
        } else if (row) {
            addRow(Double.NaN);
        }
        if (sample) {
            sample();
        }
        if (saving) {
            save();
        }
        pace.pauseOver();
    }

    /** @param every steps, or 0 for once an epoch */
    private boolean due(int every) {
        return step % (every == 0 ? plan.stepsPerEpoch() : every) == 0;
    }

    /** Waits for the device and reads the losses since the last look. */
    private void look() {
        if (lookedStep == step) {
            return;
        }
        network.step().readLosses(losses);
        pace.looked(step);
        for (int done = lookedStep; done < step; done++) {
            lastLoss = losses[done % losses.length];
            if (!watch.accept(done, lastLoss)) {
                throw diverged("the training loss reached %s at step %d".formatted(lastLoss, done + 1));
            }
        }
        lookedStep = step;
        checkGradients();
        listener.progress(new TrainingListener.Progress(
                step,
                totalSteps,
                epoch(),
                watch.takeReport(),
                schedule.rate(step - 1),
                pace.tokensPerSecond(tokensPerStep),
                pace.secondsLeft(step, totalSteps)));
    }

    /** The optimiser leaves steps out whose gradients are not finite; a few in a row and nothing is learnt any more. */
    private void checkGradients() {
        gradientNorm = network.step().gradientNorm();
        unsoundLooks = Double.isFinite(gradientNorm) ? 0 : unsoundLooks + 1;
        if (unsoundLooks >= MOST_UNSOUND_LOOKS) {
            throw diverged("the gradients are not finite any more at step " + step);
        }
    }

    private double epoch() {
        return (double) step / plan.stepsPerEpoch();
    }

    private double seconds() {
        return earlierSeconds + pace.seconds();
    }

    /** Without held-out text the mean training loss since the last evaluation stands in for its loss. */
    private void evaluate() {
        evaluatedStep = step;
        double trainingLoss = watch.takeEvaluation();
        EvaluationResult result = network.validation() == null ? null : network.validation().run();
        double loss = result == null ? trainingLoss : result.loss();
        if (!Double.isFinite(loss)) {
            throw diverged("the validation loss is %s after step %d".formatted(loss, step));
        }
        boolean lowest = loss < stopping.state().best();
        boolean better = stopping.evaluated(step, loss);
        if (schedule.evaluated(better)) {
            ratesEnd = step;
        }
        if (result != null) {
            if (lowest) {
                saveWeights();
            }
            listener.evaluation(new TrainingListener.Evaluation(step, epoch(), result, lowest));
        }
        addRow(result == null ? Double.NaN : loss);
    }

    private void addRow(double validationLoss) {
        metrics.append(new MetricsFile.Row(
                step,
                epoch(),
                step * tokensPerStep,
                watch.takeRow(),
                validationLoss,
                schedule.rate(Math.max(0, step - 1)),
                gradientNorm,
                pace.tokensPerSecond(tokensPerStep),
                seconds()));
    }

    private void sample() {
        String text = samples.draw(network.model(), step);
        directory.appendSample("step " + step, text);
        listener.sample(new TrainingListener.Sample(step, text));
    }

    private Map<String, Tensor> soundWeights() {
        Map<String, Tensor> tensors = network.model().tensors();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            for (float value : entry.getValue().values()) {
                if (!Float.isFinite(value)) {
                    throw diverged("%s holds %s after step %d".formatted(entry.getKey(), value, step));
                }
            }
        }
        return tensors;
    }

    private void saveWeights() {
        directory.saveWeights(soundWeights());
    }

    private void save() {
        if (savedStep == step) {
            return;
        }
        Map<String, Tensor> weights = soundWeights();
        boolean keepsBest = network.validation() != null && stopping.hasBest();
        if (!keepsBest) {
            directory.saveWeights(weights);
        }
        Checkpoint.State state = new Checkpoint.State(
                Checkpoint.FORMAT_VERSION,
                step,
                seconds(),
                schedule.state(),
                stopping.state(),
                watch.state(),
                identity);
        Checkpoint checkpoint =
                new Checkpoint(state, weights, network.step().optimizerTensors(), network.carriedState());
        Path folder = checkpoints.write(checkpoint, keepsBest ? directory.weightsFile() : null);
        savedStep = step;
        listener.checkpoint(step, folder);
    }

    /**
     * The last evaluation comes after the last checkpoint when it is not due at that step, so that a run that goes on from there with more
     * steps is the same as one that never stopped.
     */
    private TrainingResult finish(TrainingResult.Reason reason) {
        look();
        save();
        if (reason != TrainingResult.Reason.STOP_REQUESTED && evaluatedStep != step) {
            evaluate();
        }
        boolean evaluated = network.validation() != null && stopping.hasBest();
        if (!directory.hasWeights()) {
            saveWeights();
        }
        try {
            directory.saveLossChart(metrics.rows());
        } catch (LossChart.Unavailable unavailable) {
            listener.notice(unavailable.getMessage());
        }
        return new TrainingResult(
                reason,
                step,
                lastLoss,
                evaluated ? stopping.state().best() : Double.NaN,
                stopping.state().bestStep(),
                seconds());
    }

    private LstmGpuException diverged(String what) {
        String kept = directory.hasWeights()
                ? "%s keeps the last good model".formatted(directory.weightsFile())
                : "no model was written";
        float rate = settings.optimisation().learningRate();
        return new LstmGpuException(
                ExitCode.DIVERGED,
                "%s, so training diverged; %s; start again with a lower rate such as --lr %s, or a smaller --grad-clip"
                        .formatted(what, kept, rate / 4));
    }
}
