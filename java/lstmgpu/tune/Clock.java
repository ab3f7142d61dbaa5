package lstmgpu.tune;

import java.util.function.BooleanSupplier;
import lstmgpu.train.TrainingListener;

/** Hands on what happens in a run, and stops it when the time is over. */
record Clock(TrainingListener next, BooleanSupplier over, Runnable stop) implements TrainingListener {
    @Override
    public void started(Start start) {
        next.started(start);
    }

    @Override
    public void progress(Progress progress) {
        next.progress(progress);
        if (over.getAsBoolean()) {
            stop.run();
        }
    }

    @Override
    public void notice(String message) {
        next.notice(message);
    }
}
