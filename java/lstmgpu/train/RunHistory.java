package lstmgpu.train;

import java.util.List;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.TrainingStep;
import lstmgpu.parallel.Peers;
import lstmgpu.store.EventFiles;
import lstmgpu.store.MetricsFile;

/** What has been measured of a run: losses, norms and speed, for the listener and for metrics.csv. */
final class RunHistory {
    private static final int MOST_UNSOUND_LOOKS = 3;
    private static final int MOST_ROWS = 500;
    private static final int SHORTEST_ROW = 20;

    private final TrainingStep training;
    private final Peers peers;
    private final MetricsFile metrics;
    private final EventFiles events;
    private final TrainingListener listener;
    private final Schedule schedule;
    private final LossWatch watch;
    private final int stepsPerEpoch;
    private final int totalSteps;
    private final TrainingSettings.Loop loop;
    private final int rowEvery;
    private final long lengthPerStep;
    private final NormWatch norms = new NormWatch();
    private final float[] losses = new float[TrainingStep.LOSS_HISTORY];
    private final float[] lastNorms = new float[TrainingStep.LOSS_HISTORY];
    private Pace pace;
    private double earlierSeconds;
    private double gradientNorm = Double.NaN;
    private int unsoundLooks;
    private int lookedStep;
    private int rowStep;
    private double rowSeconds;

    RunHistory(RunParts parts, Schedule schedule) {
        BatchPlan plan = parts.plan();
        this.training = parts.network().step();
        this.peers = parts.network().peers();
        this.metrics = parts.directory().metrics();
        this.events = parts.directory().events(parts.settings().saving().events());
        this.listener = parts.listener();
        this.schedule = schedule;
        this.watch = new LossWatch(parts.task().blindLoss());
        this.stepsPerEpoch = plan.stepsPerEpoch();
        this.totalSteps = parts.totalSteps();
        this.loop = parts.settings().loop();
        int planned = totalSteps == TrainingSettings.UNLIMITED ? stepsPerEpoch : totalSteps;
        this.rowEvery = Math.max(SHORTEST_ROW, planned / MOST_ROWS);
        this.lengthPerStep = plan.lengthPerStep();
    }

    /** What was measured up to a step is known again, and what metrics.csv tells of later steps is forgotten. */
    void restore(int step, LossWatch.State losses, NormWatch.State rowNorms, double norm, int rows) {
        watch.restore(losses);
        norms.restore(rowNorms);
        lookedStep = step;
        gradientNorm = norm;
        unsoundLooks = 0;
        metrics.keepFirst(rows);
        List<MetricsFile.Row> kept = metrics.rows();
        rowStep = kept.isEmpty() ? 0 : (int) kept.getLast().step();
    }

    /** Earlier processes have trained for so long. */
    void goesOn(double seconds) {
        earlierSeconds = seconds;
    }

    /** The clock starts. */
    void start() {
        double limit = loop.timed() ? loop.maxSeconds() - earlierSeconds : loop.maxSeconds();
        pace = new Pace(lookedStep, loop.maxSeconds() == 0 ? Double.POSITIVE_INFINITY : Math.max(0, limit));
    }

    /** How much of the run's time has passed, by the mean of all clocks, for a run that is as long as its time. */
    Schedule.TimeShare timeShare(int step) {
        double[] all = {seconds() / loop.maxSeconds(), pace.stepSeconds() / loop.maxSeconds()};
        peers.sum(all);
        return new Schedule.TimeShare(step, all[0] / peers.size(), all[1] / peers.size());
    }

    /**
     * The share of the run that is done, or of this process's time, whichever is more; NaN where neither has an end.
     */
    private double done(int step) {
        if (loop.timed()) {
            return Math.min(1, seconds() / loop.maxSeconds());
        }
        double steps = totalSteps == TrainingSettings.UNLIMITED ? Double.NaN : (double) step / Math.max(1, totalSteps);
        return loop.maxSeconds() == 0 ? steps : Math.max(pace.timeUsed(), steps);
    }

    /** Whether metrics.csv gets a row after {@code step} steps, so that it has some hundreds at the end. */
    boolean rowDue(int step) {
        if (!loop.timed()) {
            return step % rowEvery == 0;
        }
        boolean due = step - rowStep >= SHORTEST_ROW && seconds() - rowSeconds >= loop.maxSeconds() / MOST_ROWS;
        return peers.agree(due);
    }

    Pace pace() {
        return pace;
    }

    LossWatch watch() {
        return watch;
    }

    NormWatch norms() {
        return norms;
    }

    MetricsFile metrics() {
        return metrics;
    }

    EventFiles events() {
        return events;
    }

    /** Of training so far, earlier processes included. */
    double seconds() {
        return earlierSeconds + pace.seconds();
    }

    /** NaN before the first step. */
    double lastLoss() {
        return watch.state().last();
    }

    /** Of the last step that was looked at. */
    double gradientNorm() {
        return gradientNorm;
    }

    double epoch(int step) {
        return (double) step / stepsPerEpoch;
    }

    /**
     * Waits for the device and reads the losses and norms since the last look.
     *
     * @throws Divergence if training has diverged
     */
    void look(int step) {
        if (lookedStep == step) {
            return;
        }
        training.readLosses(losses);
        training.readGradientNorms(lastNorms);
        pace.looked(step);
        for (int done = lookedStep; done < step; done++) {
            norms.accept(lastNorms[done % lastNorms.length]);
            float loss = losses[done % losses.length];
            listener.loss(done + 1, loss);
            if (!watch.accept(done, loss)) {
                throw new Divergence(done, "the training loss reached %s at step %d".formatted(loss, done + 1));
            }
        }
        lookedStep = step;
        checkGradients(step);
        listener.progress(new TrainingListener.Progress(
                step,
                totalSteps,
                done(step),
                epoch(step),
                watch.takeReport(),
                schedule.rate(step - 1),
                pace.speed(lengthPerStep),
                pace.secondsLeft(step, totalSteps)));
    }

    /** The optimiser leaves steps out whose gradients are not finite; a few in a row and nothing is learnt any more. */
    private void checkGradients(int step) {
        gradientNorm = lastNorms[(step - 1) % lastNorms.length];
        unsoundLooks = Double.isFinite(gradientNorm) ? 0 : unsoundLooks + 1;
        if (unsoundLooks >= MOST_UNSOUND_LOOKS) {
            throw new Divergence(step, "the gradients are not finite any more at step " + step);
        }
    }

    /**
     * Adds a row to metrics.csv and to the events, unless the step has one and there is nothing to add.
     *
     * @param validationLoss NaN where it was not measured
     */
    void addRow(int step, double validationLoss) {
        if (Double.isNaN(validationLoss) && rowStep == step && step > 0) {
            return;
        }
        NormWatch.Norms rowNorms = norms.takeRow();
        MetricsFile.Row row = new MetricsFile.Row(
                step,
                epoch(step),
                step * lengthPerStep,
                watch.takeRow(),
                validationLoss,
                schedule.rate(Math.max(0, step - 1)),
                rowNorms.mean(),
                rowNorms.largest(),
                pace.speed(lengthPerStep),
                seconds());
        metrics.append(row);
        rowStep = step;
        rowSeconds = row.seconds();
        events.scalars(row);
    }
}
