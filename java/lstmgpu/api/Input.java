package lstmgpu.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.files.IoErrors;

/**
 * Data in files, or in memory. All that reads data reads files, several times if need be, so what is in memory is kept
 * in the cache, where only this user can see it, as long as it is used.
 */
final class Input {
    private final List<Path> files;
    private final String name;
    private final Content content;

    /** Writes data that is in memory. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private Input(List<Path> files, String name, Content content) {
        this.files = files;
        this.name = name;
        this.content = content;
    }

    static Input ofFiles(List<Path> files) {
        if (files.isEmpty()) {
            throw LstmException.usage("no file was given; name at least one");
        }
        return new Input(List.copyOf(files), null, null);
    }

    /** @param name what it is called in messages and in the record of a run */
    static Input of(String name, Content content) {
        return new Input(List.of(), name, content);
    }

    static Input of(String name, String text) {
        return of(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The files that somebody named; none of data in memory. */
    List<Path> files() {
        return files;
    }

    /** Lets somebody read files, which are not there any more afterwards where they hold what is in memory. */
    <R> R use(Function<List<Path>, R> reading) {
        if (content == null) {
            InputFiles.check(files);
            return reading.apply(files);
        }
        Path folder = CacheFolder.of(System.getenv()).resolve("input-" + UUID.randomUUID());
        CacheFolder.make(folder.getParent());
        CacheFolder.make(folder);
        try {
            Path file = folder.resolve(name);
            AtomicFiles.write(file, content::writeTo);
            InputFiles.check(List.of(file));
            return reading.apply(List.of(file));
        } catch (LstmGpuException failure) {
            String message = failure.getMessage().replace(folder + "/", "");
            throw new LstmGpuException(failure.exitCode(), message, failure);
        } finally {
            delete(folder);
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
