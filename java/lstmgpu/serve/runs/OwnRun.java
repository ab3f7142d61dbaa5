package lstmgpu.serve.runs;

import java.util.concurrent.atomic.AtomicReference;
import lstmgpu.serve.http.ApiError;
import lstmgpu.train.TrainingListener;

/** The run of this very process: the thread that trains tells how it goes, others ask it to stop or to go on. */
public final class OwnRun implements RunControl, TrainingListener {
    private final AtomicReference<Progress> progress = new AtomicReference<>();
    private Runnable stop;
    private boolean canGoOn;
    private boolean asked;
    private boolean ending;

    /** The run begins or goes on; {@code stop} asks it to end. */
    public synchronized void begins(Runnable stopper) {
        progress.set(null);
        asked = false;
        canGoOn = false;
        stop = stopper;
        if (ending) {
            stopper.run();
        }
    }

    /** The run has ended; {@code goesOn} says whether there is more to be done. */
    public synchronized void ended(boolean goesOn) {
        stop = null;
        canGoOn = goesOn;
    }

    /**
     * Waits until somebody wants the run to go on, or the process to end.
     *
     * @return whether it is to go on
     */
    public synchronized boolean awaitResume() throws InterruptedException {
        while (!asked && !ending) {
            wait();
        }
        return !ending;
    }

    /** The process is to end, and the run before it. From any thread. */
    public synchronized void end() {
        ending = true;
        if (stop != null) {
            stop.run();
        }
        notifyAll();
    }

    /** Whether {@link #end} was called. */
    public synchronized boolean isEnding() {
        return ending;
    }

    @Override
    public void progress(Progress now) {
        progress.set(now);
    }

    @Override
    public synchronized State state() {
        boolean running = stop != null;
        return new State(running, running, canGoOn && !asked && !ending, progress.get(), null);
    }

    @Override
    public synchronized void stop() {
        if (stop == null) {
            throw new ApiError(ApiError.Kind.CONFLICT, "not_running", null, "the run has stopped already");
        }
        stop.run();
    }

    @Override
    public synchronized void resume() {
        if (stop != null || !canGoOn || asked || ending) {
            throw new ApiError(
                    ApiError.Kind.CONFLICT,
                    "cannot_resume",
                    null,
                    stop != null || asked ? "the run goes on already" : "the run is over; nothing is left to be done");
        }
        asked = true;
        notifyAll();
    }
}
