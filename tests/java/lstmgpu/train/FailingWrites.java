package lstmgpu.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;

/**
 * A process of its own in which every file operation of a training run fails in turn. Prints how many it tried; ends
 * with an AssertionError at the first that leaves anything but the old state, or says something else than the path and
 * the bytes.
 */
final class FailingWrites {
    private static final NetworkConfig CONFIG = Runs.config(Cell.GRU, 0);
    private static final TrainingSettings START = settings(14);
    private static final TrainingSettings REST = Runs.resumed(settings(21));

    private final Backend backend;
    private final Path work;

    private FailingWrites(Backend backend, Path work) {
        this.backend = backend;
        this.work = work;
    }

    public static void main(String[] arguments) throws IOException {
        try (Backend backend = new CpuBackend(1)) {
            FailingWrites writes = new FailingWrites(backend, Path.of(arguments[0]));
            writes.train(writes.work.resolve("base"), START);
            writes.copy("whole");
            FailingCalls.arm(writes.work.resolve("whole"), 0, FailingCalls.Mode.ONCE);
            writes.train(writes.work.resolve("whole"), REST);
            require(FailingCalls.calls() > 50, "operations are seen");
            require(FailingCalls.unforced() == 0, FailingCalls.unforced() + " names outlive no loss of power");
            writes.withoutLinks();
            for (FailingCalls.Mode mode : FailingCalls.Mode.values()) {
                System.out.println(mode + " " + writes.all(mode));
            }
        }
    }

    private static TrainingSettings settings(int steps) {
        return Runs.with(
                Runs.with(
                        Runs.with(Runs.settings(steps), new TrainingSettings.Saving(7, 2, false)),
                        new TrainingSettings.Validation(7, 0, 0)),
                new TrainingSettings.Samples(7, "one", 5));
    }

    private void train(Path folder, TrainingSettings settings) {
        Runs.train(backend, folder, CONFIG, Runs.TEXT, settings, new Runs.Observer());
    }

    private Path copy(String name) throws IOException {
        Path target = work.resolve(name);
        if (Files.exists(target)) {
            try (Stream<Path> old = Files.walk(target)) {
                for (Path path : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        try (Stream<Path> entries = Files.walk(work.resolve("base"))) {
            for (Path path : entries.toList()) {
                Files.copy(path, target.resolve(work.resolve("base").relativize(path)));
            }
        }
        return target;
    }

    /** Where there are no hard links the best model is copied into the checkpoint. */
    private void withoutLinks() throws IOException {
        Path folder = copy("run");
        FailingCalls.arm(folder, 0, FailingCalls.Mode.ONCE);
        FailingCalls.links(false);
        train(folder, REST);
        FailingCalls.links(true);
        check(folder, null, "without hard links");
        String best = "checkpoints/step-00000021/best.safetensors";
        require(
                Runs.sameBytes(work.resolve("whole").resolve(best), folder.resolve(best)),
                "the best model is another one without hard links");
        require(FailingCalls.unforced() == 0, "a copy in place of a link outlives a loss of power");
    }

    /** Tries every operation, or with a full disk every third. */
    private long all(FailingCalls.Mode mode) throws IOException {
        long tried = 0;
        for (long nth = 1; ; nth += mode == FailingCalls.Mode.ONCE ? 1 : 3) {
            Path folder = copy("run");
            FailingCalls.arm(folder, nth, mode);
            LstmGpuException failure = null;
            try {
                train(folder, REST);
            } catch (LstmGpuException refused) {
                failure = refused;
            }
            boolean reached = FailingCalls.calls() >= nth;
            FailingCalls.arm(folder, 0, mode);
            check(folder, failure, mode + " " + nth);
            if (!reached) {
                return tried;
            }
            tried++;
        }
    }

    private void check(Path folder, LstmGpuException failure, String where) throws IOException {
        if (failure != null) {
            require(failure.exitCode() == ExitCode.FAILED, where + ": " + failure.getMessage());
            require(failure.getMessage().contains(folder.toString()), where + ": " + failure.getMessage());
            require(failure.getMessage().contains(" bytes"), where + ": " + failure.getMessage());
            train(folder, REST);
        }
        List<String> files = List.of(
                "model.safetensors",
                "samples.txt",
                "checkpoints/step-00000021/optimizer.safetensors",
                "checkpoints/step-00000021/carried.safetensors");
        for (String file : files) {
            require(
                    Runs.sameBytes(work.resolve("whole").resolve(file), folder.resolve(file)),
                    where + ": " + file + " is another one");
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            List<Path> left = entries.filter(
                            path -> path.getFileName().toString().contains("lstm-gpu-tmp")
                                    || path.getFileName().toString().startsWith(".incomplete"))
                    .toList();
            require(left.isEmpty(), where + " leaves " + left);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
