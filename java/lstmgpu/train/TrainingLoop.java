package lstmgpu.train;

import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.EvaluationResult;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;
import lstmgpu.task.Samples;

/**
 * The steps of a run and what happens between them. At one step the order is: look at the losses, evaluate, write a
 * sample, write a checkpoint; so a checkpoint knows of the evaluation at its step.
 */
final class TrainingLoop {
    /** So often a run that diverges goes back and halves its learning rate. */
    static final int MOST_HALVINGS = 3;

    private static final int NEVER = -1;

    private final TrainingNetwork network;
    private final Peers peers;
    private final BatchPlan plan;
    private final TrainingSettings settings;
    private final ModelDirectory directory;
    private final TrainingListener listener;
    private final Samples samples;
    private final int totalSteps;
    private final Schedule schedule;
    private final EarlyStopping stopping;
    private final NonMonotone averaging;
    private final SoundModel model;
    private final DivergenceAdvice advice;
    private final RunHistory history;
    private final RunState state;
    private final LossPicture picture;
    private final ComingRates rates;
    private int step;
    private int evaluatedStep;

    /**
     * @param firstWeights gives the network the weights that the run begins with; null if it goes on from a checkpoint
     */
    TrainingLoop(RunParts parts, RunIdentity identity, Samples samples, Runnable firstWeights) {
        this.network = parts.network();
        this.peers = network.peers();
        this.plan = parts.plan();
        this.settings = parts.settings();
        this.directory = parts.directory();
        this.listener = parts.listener();
        this.samples = samples;
        this.totalSteps = parts.totalSteps();
        this.schedule = new Schedule(
                settings.rate(),
                settings.optimisation().learningRate(),
                plan.stepsPerEpoch(),
                totalSteps,
                settings.loop().timed());
        this.stopping = new EarlyStopping(settings.validation());
        this.averaging = new NonMonotone(settings.averaging());
        this.model = new SoundModel(network.step().update()::judgedTensors, directory);
        this.advice = new DivergenceAdvice(directory, settings);
        this.history = new RunHistory(parts, schedule);
        this.rates = new ComingRates(
                network.step().clock(), schedule, history, plan, settings.loop().timed());
        this.state = new RunState(parts, identity, schedule, stopping, averaging, history, model, firstWeights);
        this.picture = new LossPicture(directory, parts.task().measures().loss().unit(), listener::notice);
    }

    /** Goes on from the newest checkpoint. */
    void resume() {
        goesOnAt(state.resume());
    }

    private void goesOnAt(int restored) {
        peers.meet();
        if (peers.agree(peers.ofFirst(restored) != restored)) {
            throw LstmGpuException.data(
                    "the processes would go on from different steps, this one from %d;"
                            + " delete the checkpoints that only some of them have",
                    restored);
        }
        step = restored;
        rates.forget();
        evaluatedStep = step > 0 && due(settings.validation().every()) ? step : NEVER;
    }

    int step() {
        return step;
    }

    /**
     * @param asked whether the run is to stop or to pause after so many steps; null if neither
     * @throws LstmGpuException with exit code 6 if training diverges however often the rate is halved
     */
    TrainingResult run(IntFunction<TrainingResult.Reason> asked) {
        try (picture) {
            return train(asked);
        }
    }

    private TrainingResult train(IntFunction<TrainingResult.Reason> asked) {
        if (step == 0 && settings.run().initFrom() != null && network.validation() != null) {
            // How well the other model does on this data, so that what training makes of it can be judged.
            EvaluationResult before = judge();
            listener.evaluation(new TrainingListener.Evaluation(0, 0, before, false));
        }
        network.step().update().averageFrom(averaging.start());
        peers.meet();
        history.start();
        while (true) {
            try {
                return finish(advance(asked));
            } catch (Divergence divergence) {
                goBack(divergence);
            }
        }
    }

    /** To the last good state, with half the learning rate. */
    private void goBack(Divergence divergence) {
        int halvings = schedule.halvings() + 1;
        float rate = settings.optimisation().learningRate();
        try {
            if (halvings > MOST_HALVINGS) {
                throw divergence;
            }
            goesOnAt(state.goBack(divergence));
        } catch (Divergence last) {
            state.giveUp(last);
            throw advice.givenUp(last, halvings - 1, Math.scalb(rate, 1 - halvings));
        }
        schedule.halve(halvings);
        listener.notice("%s; going back to step %d with half the learning rate, %s (try %d of %d)"
                .formatted(divergence.getMessage(), step, Math.scalb(rate, -halvings), halvings, MOST_HALVINGS));
    }

    private TrainingResult.Reason advance(IntFunction<TrainingResult.Reason> asked) {
        network.step().clock().set(step, step % plan.stepsPerEpoch(), step / plan.stepsPerEpoch());
        Supplier<Vote> ask = () -> Vote.of(peers, asked.apply(step), history.pace(), step);
        TrainingResult.Reason end = end(ask.get());
        while (end == null) {
            trainStep();
            Vote vote = ask.get();
            boolean waited = afterStep(vote);
            end = end(waited ? ask.get() : vote);
        }
        return end;
    }

    private TrainingResult.Reason end(Vote vote) {
        if (vote.stop()) {
            return TrainingResult.Reason.STOP_REQUESTED;
        }
        if (step >= totalSteps) {
            return TrainingResult.Reason.COMPLETED;
        }
        if (stopping.exhausted()) {
            return TrainingResult.Reason.PATIENCE;
        }
        if (vote.pause()) {
            return TrainingResult.Reason.PAUSED;
        }
        return vote.timeOver() ? TrainingResult.Reason.TIME : null;
    }

    private void trainStep() {
        if (plan.carriesState() && step % plan.stepsPerEpoch() == 0) {
            network.step().resetState();
        }
        rates.reach(step);
        network.step().run();
        step++;
    }

    /** @return whether there was anything to do, for which the device has been waited for */
    private boolean afterStep(Vote vote) {
        boolean row = history.rowDue(step);
        boolean evaluation = due(settings.validation().every());
        boolean saving = due(settings.saving().every());
        boolean sample = samples.wanted() && due(settings.samples().every());
        if (!row && !evaluation && !saving && !sample && !vote.look()) {
            return false;
        }
        directory.checkLock();
        history.look(step);
        if (evaluation) {
            evaluate(false);
        } else if (row) {
            history.addRow(step, Double.NaN);
        }
        if (sample && peers.rank() == 0) {
            sample();
        }
        if (saving) {
            save();
        }
        peers.meet();
        history.pace().pauseOver();
        if (settings.loop().timed()) {
            rates.forget(); // The device has been waited for, so that the rates can follow the clock.
        }
        return true;
    }

    /** @param every steps, or 0 for once an epoch */
    private boolean due(int every) {
        return step % (every == 0 ? plan.stepsPerEpoch() : every) == 0;
    }

    /**
     * Without held-out data the mean training loss since the last evaluation stands in for its loss.
     *
     * @param last whether no step comes after it, which a mean could be of
     */
    private void evaluate(boolean last) {
        evaluatedStep = step;
        double trainingLoss = history.watch().takeEvaluation();
        boolean judges = peers.rank() == 0 && network.validation() != null; // All go by what the first one finds.
        EvaluationResult result = judges ? judge() : null;
        peers.meet();
        double loss = peers.ofFirst(result == null ? trainingLoss : result.loss());
        if (!Double.isFinite(loss)) {
            throw new Divergence(step, "the validation loss is %s after step %d".formatted(loss, step));
        }
        boolean better = stopping.evaluated(step, loss);
        if (schedule.evaluated(better)) {
            rates.forget();
        }
        if (!last && averaging.evaluated(step, loss)) {
            network.step().update().averageFrom(step);
            listener.notice("the mean of the weights begins after step %d".formatted(step));
        }
        boolean lowest = network.validation() != null && model.offer(step, loss);
        if (result != null) {
            listener.evaluation(new TrainingListener.Evaluation(step, history.epoch(step), result, lowest));
        }
        history.addRow(step, network.validation() == null ? Double.NaN : loss);
        if (history.events().writes()) {
            history.events().weights(step, model.weights(step));
        }
        picture.redraw(history.metrics().rows());
    }

    private EvaluationResult judge() {
        return network.step().update().judged(network.validation()::run);
    }

    private void sample() {
        String text = network.step().update().judged(() -> samples.draw(network.model(), step));
        directory.samples().append("step " + step, text);
        history.events().sample(step, text);
        listener.sample(new TrainingListener.Sample(step, text));
    }

    private void save() {
        Path folder = state.save(step);
        if (folder != null) {
            listener.checkpoint(step, folder);
        }
    }

    /**
     * The last evaluation comes after the last checkpoint when it is not due at that step, so that a run that goes on
     * from there with more steps is the same as one that never stopped.
     */
    private TrainingResult finish(TrainingResult.Reason reason) {
        history.look(step);
        if (settings.loop().timed()) {
            state.saveAnew(); // A checkpoint of this very step tells of less time than has passed.
        }
        save();
        if (reason != TrainingResult.Reason.STOP_REQUESTED && evaluatedStep != step) {
            evaluate(true);
        }
        if (settings.averaging().kind() == Averaging.Kind.ASGD && averaging.start() == NonMonotone.NOT_YET) {
            listener.notice(
                    "the mean of the weights has not begun, since no loss was above the lowest of all before but"
                            + " the last %d: the model has the weights of a single step"
                                    .formatted(settings.averaging().after()));
        }
        if (!directory.hasWeights()) {
            model.keep(model.weights(step), step);
        }
        WeightsOrigin best = model.best();
        picture.finish(history.metrics().rows());
        return new TrainingResult(
                reason,
                step,
                history.lastLoss(),
                best == null ? Double.NaN : best.validationLoss(),
                best == null ? 0 : best.step(),
                HeldOutTrend.of(history.metrics().rows()),
                history.seconds(),
                averaging.start() == NonMonotone.NOT_YET ? -1 : averaging.start());
    }
}
