package lstmgpu.serve.runs;

import lstmgpu.serve.http.ApiError;
import lstmgpu.train.TrainingListener;

/** What can be done with a run, wherever it takes place. Called from any thread. */
public interface RunControl {
    /**
     * How a run is.
     *
     * @param running whether some process trains it just now
     * @param canStop whether {@link #stop} reaches that process
     * @param canResume whether {@link #resume} can start it again
     * @param progress as it was last heard; null where only the files tell
     * @param failure a sentence on why it could not go on; null if nothing is known of that
     */
    record State(
            boolean running, boolean canStop, boolean canResume, TrainingListener.Progress progress, String failure) {}

    /** How it is now. */
    State state();

    /**
     * Asks for a checkpoint and the end, as Ctrl-C does; returns before that.
     *
     * @throws ApiError with status 409 if it does not run, 403 if it is another user's
     */
    void stop();

    /**
     * Goes on from the newest checkpoint; returns before the first step.
     *
     * @throws ApiError with status 409 if it runs, or there is nothing to go on from
     */
    void resume();
}
