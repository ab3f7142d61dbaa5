package lstmgpu.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/** Checks and names the files a user gave. */
public final class InputFiles {
    private static final int NAMED = 3;

    private InputFiles() {}

    /**
     * @throws LstmGpuException with exit code 3 if one is missing, a folder, not a regular file or unreadable, or if
     *     there is nothing in any
     */
    public static void check(List<Path> inputs) {
        if (inputs.isEmpty()) {
            throw LstmGpuException.usage("no input file was given; name at least one text file");
        }
        for (Path input : inputs) {
            check(input);
        }
        if (empty(inputs).size() == inputs.size()) {
            throw LstmGpuException.data(
                    "%s; name a file that has something in it",
                    inputs.size() == 1
                            ? "%s is empty (0 bytes)".formatted(inputs.getFirst())
                            : "all %d inputs are empty (0 bytes): %s".formatted(inputs.size(), names(inputs)));
        }
    }

    /** Those that add nothing to the text. */
    public static List<Path> empty(List<Path> inputs) {
        return inputs.stream().filter(input -> size(input) == 0).toList();
    }

    /** The first of them. */
    public static String names(List<Path> inputs) {
        String names = inputs.stream().limit(NAMED).map(Path::toString).collect(Collectors.joining(", "));
        return inputs.size() > NAMED ? names + ", …" : names;
    }

    /** "input.txt (1,115,394 bytes)", or the number of files and their size. */
    public static String describe(List<Path> inputs) {
        if (inputs.size() == 1) {
            return "%s (%s)".formatted(inputs.getFirst(), Count.of(size(inputs.getFirst()), "byte"));
        }
        long bytes = inputs.stream().mapToLong(InputFiles::size).sum();
        return "%s (%d files, %s)".formatted(names(inputs), inputs.size(), Count.of(bytes, "byte"));
    }

    static long size(Path input) {
        try {
            return Files.size(input);
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    private static void check(Path input) {
        if (!Files.exists(input)) {
            InputKind.refusePattern(input);
            throw LstmGpuException.data("%s does not exist; check the spelling and the folder", input);
        }
        if (Files.isDirectory(input)) {
            throw LstmGpuException.data(
                    "%s is a folder; name the text files in it, for example %s/*.txt", input, input);
        }
        if (!Files.isRegularFile(input)) {
            throw LstmGpuException.data(
                    "%s is not a regular file, and a text is read more than once; save it to a file first", input);
        }
        if (!Files.isReadable(input)) {
            throw LstmGpuException.data(
                    "%s (%s) cannot be read: permission denied; change its permissions",
                    input, Count.of(size(input), "byte"));
        }
    }
}
