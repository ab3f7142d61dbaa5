package lstmgpu.cli;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.files.IoErrors;

/**
 * Inputs of which one may be {@code -}: a text is read several times, so what comes in is kept in the cache until the
 * end.
 */
final class StandardInput implements AutoCloseable {
    /** As which it is given. */
    static final String NAME = "-";

    private static final Path DASH = Path.of(NAME);
    private static final String KEPT = "standard-input";
    private static final String SPOKEN = "standard input";

    private final List<Path> inputs;

    /** Where what came in is kept; null if nothing did. */
    private final Path file;

    private StandardInput(List<Path> inputs, Path file) {
        this.inputs = inputs;
        this.file = file;
    }

    /** Whether an input is standard input. */
    static boolean is(Path input) {
        return input.equals(DASH);
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
        try {
            PushbackInputStream in = new PushbackInputStream(console.in(), InputFiles.MARK_BYTES);
            byte[] start = in.readNBytes(InputFiles.MARK_BYTES);
            in.unread(start);
            // It has no name, so what it begins with says whether it is packed.
            Path file = folder.resolve(KEPT + InputFiles.endingOf(start));
            AtomicFiles.write(file, in::transferTo);
            return new StandardInput(
                    inputs.stream().map(input -> is(input) ? file : input).toList(), file);
        } catch (IOException failure) {
            delete(folder);
            throw new LstmGpuException(
                    ExitCode.DATA, "%s cannot be read: %s".formatted(SPOKEN, IoErrors.reason(failure)), failure);
        } catch (RuntimeException failure) {
            delete(folder);
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
        return file == null ? message : message.replace(file.toString(), SPOKEN);
    }

    @Override
    public void close() {
        if (file != null) {
            delete(file.getParent());
        }
    }

    private static void delete(Path folder) {
        try {
            AtomicFiles.deleteTree(folder);
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }
}
