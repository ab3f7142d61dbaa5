package lstmgpu.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.files.IoErrors;

/**
 * Inputs of which one may be {@code -}: a text is read several times, so what comes in is kept in the cache until the
 * end.
 */
final class StandardInput implements AutoCloseable {
    private static final Path DASH = Path.of("-");
    private static final String KEPT = "standard-input";

    private final List<Path> inputs;
    private final Path folder;

    private StandardInput(List<Path> inputs, Path folder) {
        this.inputs = inputs;
        this.folder = folder;
    }

    /** @throws LstmGpuException with exit code 1 if there is no room for it, 2 if it is named twice */
    static StandardInput of(List<Path> inputs, Console console) {
        long dashes = inputs.stream().filter(DASH::equals).count();
        if (dashes > 1) {
            throw LstmGpuException.usage("standard input (-) can be read once only; name it once");
        }
        if (dashes == 0) {
            return new StandardInput(inputs, null);
        }
        Path folder = CacheFolder.of(console.environment()).resolve("input-" + UUID.randomUUID());
        CacheFolder.make(folder);
        Path file = folder.resolve(KEPT);
        StandardInput kept = new StandardInput(
                inputs.stream().map(input -> input.equals(DASH) ? file : input).toList(), folder);
        try {
            AtomicFiles.write(file, console.in()::transferTo);
            return kept;
        } catch (RuntimeException failure) {
            kept.close();
            throw failure;
        }
    }

    /**
     * Lets a command read. What it refuses is called standard input: the file in the cache is gone when a person reads
     * of it.
     */
    Integer use(Function<List<Path>, Integer> reading) {
        try {
            return reading.apply(inputs);
        } catch (LstmGpuException refused) {
            String message = named(refused.getMessage());
            throw message.equals(refused.getMessage())
                    ? refused
                    : new LstmGpuException(refused.exitCode(), message, refused);
        }
    }

    /** A message in which the file in the cache is called standard input. */
    String named(String message) {
        return folder == null ? message : message.replace(folder.resolve(KEPT).toString(), "standard input");
    }

    @Override
    public void close() {
        try {
            if (folder != null) {
                AtomicFiles.deleteTree(folder);
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }
}
