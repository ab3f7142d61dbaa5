package lstmgpu.cli;

import java.nio.file.Path;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingResult;

/** Two who hear of a run. */
record SharedListener(TrainingListener first, TrainingListener second) implements TrainingListener {
    @Override
    public void started(Start start) {
        first.started(start);
        second.started(start);
    }

    @Override
    public void progress(Progress progress) {
        first.progress(progress);
        second.progress(progress);
    }

    @Override
    public void evaluation(Evaluation evaluation) {
        first.evaluation(evaluation);
        second.evaluation(evaluation);
    }

    @Override
    public void sample(Sample sample) {
        first.sample(sample);
        second.sample(sample);
    }

    @Override
    public void checkpoint(int step, Path folder) {
        first.checkpoint(step, folder);
        second.checkpoint(step, folder);
    }

    @Override
    public void notice(String message) {
        first.notice(message);
        second.notice(message);
    }

    @Override
    public void finished(TrainingResult result) {
        first.finished(result);
        second.finished(result);
    }
}
