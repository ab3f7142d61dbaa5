package lstmgpu.serve.runs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.serve.http.ApiError;
import lstmgpu.store.ModelDirectory;

/** A run of another process, or one that stands still until such a process goes on with it. */
final class ProcessRun implements RunControl, AutoCloseable {
    private final Path folder;
    private final TrainingProgram program;
    private Process child;
    private boolean asked;
    private LockHolder askedOther;
    private String failure;

    /** @param program that goes on with a run */
    ProcessRun(Path folder, TrainingProgram program) {
        this.folder = folder;
        this.program = program;
    }

    @Override
    public synchronized State state() {
        if (child != null && child.isAlive()) {
            return new State(true, true, false, null, null);
        }
        Optional<LockHolder> holder = LockHolder.of(folder);
        boolean running = holder.isPresent();
        return new State(running, holder.map(LockHolder::isOwn).orElse(false), !running && canResume(), null, failure);
    }

    /** There is something to go on from, it is not over, and the folder is this user's. */
    private boolean canResume() {
        if (program == null) {
            return false;
        }
        try {
            ModelDirectory directory = ModelDirectory.open(folder);
            String status = directory.run().path("status").asText("");
            return List.of("running", "stop_requested", "failed").contains(status)
                    && hasCheckpoint(directory.checkpoints())
                    && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self")));
        } catch (LstmGpuException | IOException unreadable) {
            return false;
        }
    }

    private static boolean hasCheckpoint(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (var files = Files.list(checkpoints)) {
            return files.anyMatch(ModelDirectory::isCheckpoint);
        }
    }

    @Override
    public synchronized void stop() {
        if (child != null && child.isAlive()) {
            askChild();
            return;
        }
        LockHolder holder = LockHolder.of(folder)
                .orElseThrow(
                        () -> new ApiError(ApiError.Kind.CONFLICT, "not_running", null, "the run has stopped already"));
        // The handle knows when its process began, so that another one of the same number is never hit.
        Optional<ProcessHandle> process = ProcessHandle.of(holder.process());
        boolean same = LockHolder.of(folder).filter(holder::equals).isPresent();
        if (!holder.isOwn() || process.isEmpty() || !same) {
            throw new ApiError(
                    ApiError.Kind.FORBIDDEN,
                    "not_yours",
                    null,
                    "the run belongs to another user or another machine; it can be stopped there only");
        }
        if (!holder.equals(askedOther)) {
            process.get().destroy();
            askedOther = holder;
        }
    }

    /** Once: whoever is asked twice ends without a checkpoint. */
    private void askChild() {
        if (!asked) {
            asked = true;
            child.destroy();
        }
    }

    @Override
    public synchronized void resume() {
        if (!state().canResume()) {
            throw new ApiError(
                    ApiError.Kind.CONFLICT,
                    "cannot_resume",
                    null,
                    "the run is going on, or is over, or has no checkpoint, or is another user's");
        }
        failure = null;
        try {
            child = program.resume(ModelDirectory.open(folder).task(), folder);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        asked = false;
        Process own = child;
        Thread.ofVirtual().name("run-output").start(() -> listen(own));
    }

    /** Keeps the last line, which says why where the run has failed. */
    private void listen(Process process) {
        String last = "";
        try (BufferedReader lines = process.errorReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line.isBlank() ? last : line;
            }
            int code = process.waitFor();
            if (code != 0 && code != program.stopped()) {
                note(last.isEmpty() ? "it ended with exit code " + code : LstmGpuException.shortened(last));
            }
        } catch (IOException closed) {
            note("nothing more is heard of it");
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(String line) {
        failure = Printable.line(line);
    }

    /** A run that was begun from here ends with a checkpoint before the server does. */
    @Override
    public synchronized void close() {
        if (child != null) {
            askChild();
        }
    }

    /** Waits after {@link #close}. */
    void awaitEnd(Duration longest) throws InterruptedException {
        Process own;
        synchronized (this) {
            own = child;
        }
        if (own != null) {
            own.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
