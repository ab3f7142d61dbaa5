package lstmgpu.serve.runs;

import java.nio.file.Path;
import lstmgpu.store.RunFiles;

/** A run with what is known of it, for everybody who watches. */
final class WatchedRun implements AutoCloseable {
    private final String name;
    private final Path folder;
    private final RunControl control;
    private final RunFiles files;
    private RunView view;
    private int watchers;

    WatchedRun(String name, Path folder, RunControl control) {
        this.name = name;
        this.folder = folder;
        this.control = control;
        this.files = new RunFiles(folder);
    }

    String name() {
        return name;
    }

    Path folder() {
        return folder;
    }

    RunControl control() {
        return control;
    }

    /** Looks at the run and its files. */
    RunView look() {
        RunView now = new RunView(name, files.read(), control.state());
        synchronized (this) {
            if (!now.equals(view)) {
                view = now;
                notifyAll();
            }
            return view;
        }
    }

    synchronized boolean isWatched() {
        return watchers > 0;
    }

    /** From here on {@link #look} is called now and then, until the watch is closed. */
    synchronized Watch watch() {
        watchers++;
        return new Watch();
    }

    /** Somebody who waits for news. */
    final class Watch implements AutoCloseable {
        /** The run when it is another than it was, or after so long as it was. */
        RunView await(RunView before, long millis) throws InterruptedException {
            long end = System.nanoTime() + millis * 1_000_000;
            synchronized (WatchedRun.this) {
                long left = millis;
                while (left > 0 && (view == null || view.equals(before))) {
                    WatchedRun.this.wait(left);
                    left = (end - System.nanoTime()) / 1_000_000;
                }
                return view;
            }
        }

        @Override
        public void close() {
            synchronized (WatchedRun.this) {
                watchers--;
            }
        }
    }

    /** Lets go of a process that was started for it. */
    @Override
    public void close() {
        if (control instanceof ProcessRun process) {
            process.close();
        }
    }
}
