package lstmgpu.api;

import java.nio.file.Path;
import lstmgpu.network.Measures;
import lstmgpu.train.TrainingListener.Evaluation;
import lstmgpu.train.TrainingListener.Progress;
import lstmgpu.train.TrainingListener.Sample;
import lstmgpu.train.TrainingListener.Start;

/** A run as a listener of this package hears it. */
final class HeardRun implements lstmgpu.train.TrainingListener {
    private final TrainingListener listener;
    private final Measures measures;
    private final Runnable stop;

    /** @param stop asks the run to stop */
    HeardRun(TrainingListener listener, Measures measures, Runnable stop) {
        this.listener = listener;
        this.measures = measures;
        this.stop = stop;
    }

    @Override
    public void started(Start start) {
        listener.started(new TrainingListener.Start(
                start.parameters(),
                start.trainingLength(),
                start.heldOutLength(),
                start.stepsPerEpoch(),
                start.startStep(),
                start.totalSteps(),
                stop));
    }

    @Override
    public void progress(Progress progress) {
        listener.progress(new TrainingListener.Progress(
                progress.step(),
                progress.totalSteps(),
                progress.epoch(),
                progress.loss(),
                progress.learningRate(),
                progress.speed(),
                progress.secondsLeft()));
    }

    @Override
    public void evaluation(Evaluation evaluation) {
        listener.evaluated(
                evaluation.step(), lstmgpu.api.Evaluation.of(evaluation.result(), measures), evaluation.best());
    }

    @Override
    public void sample(Sample sample) {
        listener.sample(sample.step(), sample.text());
    }

    @Override
    public void checkpoint(int step, Path folder) {
        listener.checkpoint(step, folder);
    }

    @Override
    public void notice(String message) {
        listener.notice(message);
    }
}
