package lstmgpu.serve.runs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import lstmgpu.LstmGpuException;
import lstmgpu.serve.http.ApiError;
import lstmgpu.store.RunFiles;

/** The runs that are watched. While somebody watches one, its files are looked at twice a second. */
public final class Runs implements AutoCloseable {
    private static final long EVERY_MILLIS = 500;
    private static final int MOST = 1000;
    private static final long SCAN_NANOS = 2_000_000_000;

    private final TrainingProgram program;
    private final List<Path> parents = new ArrayList<>();
    private final Map<String, WatchedRun> runs = new ConcurrentSkipListMap<>();
    private long scanned;
    private Thread watcher;
    private volatile boolean closed;

    /** @param program that goes on with runs; null where only runs of this process are watched */
    public Runs(TrainingProgram program) {
        this.program = program;
    }

    /** Whether this is no model but a folder in which models are. */
    public static boolean isParent(Path folder) {
        if (!Files.isDirectory(folder) || RunFiles.areIn(folder)) {
            return false;
        }
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            for (Path path : inside) {
                if (RunFiles.areIn(path)) {
                    return true;
                }
            }
        } catch (IOException unreadable) {
            return false;
        }
        return false;
    }

    /** The run in a folder, which another process trains, or has trained. */
    public void add(String name, Path folder) {
        runs.putIfAbsent(name, new WatchedRun(name, folder, new ProcessRun(folder, program)));
    }

    /** The run of this process. */
    public void add(String name, Path folder, OwnRun own) {
        runs.put(name, new WatchedRun(name, folder, own));
    }

    /** All runs in a folder, those that begin later too. */
    public void addAll(Path parent) {
        parents.add(parent);
        scan();
    }

    /** Begins to look. */
    public void start() {
        watcher = Thread.ofPlatform().daemon().name("run-watch").start(this::watch);
    }

    /** Folders of runs that have weights, by name. */
    public Map<String, Path> models() {
        Map<String, Path> models = new TreeMap<>();
        for (WatchedRun run : all()) {
            if (RunFiles.haveWeights(run.folder())) {
                models.put(run.name(), run.folder());
            }
        }
        return models;
    }

    Collection<WatchedRun> all() {
        scanNowAndThen();
        return runs.values();
    }

    /** @throws ApiError with status 404 if there is none of that name */
    WatchedRun find(String name) {
        scanNowAndThen();
        WatchedRun run = runs.get(name);
        if (run == null) {
            throw new ApiError(
                    ApiError.Kind.NOT_FOUND,
                    "run_not_found",
                    null,
                    "there is no run '%s'".formatted(LstmGpuException.shortened(name)));
        }
        return run;
    }

    private synchronized void scanNowAndThen() {
        if (System.nanoTime() - scanned > SCAN_NANOS) {
            scan();
        }
    }

    private synchronized void scan() {
        for (Path parent : parents) {
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(parent)) {
                for (Path folder : inside) {
                    String name = folder.getFileName().toString();
                    if (runs.size() < MOST && !runs.containsKey(name) && RunFiles.areIn(folder)) {
                        add(name, folder);
                    }
                }
            } catch (IOException gone) {
                // It may come back.
            }
        }
        scanned = System.nanoTime();
    }

    private void watch() {
        try {
            while (!closed) {
                Thread.sleep(EVERY_MILLIS);
                for (WatchedRun run : runs.values()) {
                    if (run.isWatched()) {
                        run.look();
                    }
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the runs that were begun from here, and waits for their checkpoints. */
    public void close(Duration longest) {
        closed = true;
        if (watcher != null) {
            watcher.interrupt();
        }
        runs.values().forEach(WatchedRun::close);
        try {
            for (WatchedRun run : runs.values()) {
                if (run.control() instanceof ProcessRun process) {
                    process.awaitEnd(longest);
                }
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ofMinutes(1));
    }
}
