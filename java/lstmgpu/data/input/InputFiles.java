package lstmgpu.data.input;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/** Checks, names and opens the files a user gave. */
public final class InputFiles {
    /** Bytes at the beginning of an input that tell whether it is packed. */
    public static final int MARK_BYTES = 4;

    private static final int NAMED = 3;
    private static final int BUFFER_BYTES = 1 << 16;

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
                            ? "%s is empty (%s)"
                                    .formatted(
                                            inputs.getFirst(),
                                            size(inputs.getFirst()) == 0 ? "0 bytes" : "nothing is packed in it")
                            : "all %d inputs are empty (0 bytes): %s".formatted(inputs.size(), names(inputs)));
        }
    }

    /** Those that add nothing to the text. */
    public static List<Path> empty(List<Path> inputs) {
        return inputs.stream().filter(InputFiles::isEmpty).toList();
    }

    private static boolean isEmpty(Path input) {
        if (size(input) == 0 || !isPacked(input)) {
            return size(input) == 0;
        }
        try (InputStream unpacked = open(input)) {
            return unpacked.read() < 0;
        } catch (IOException damaged) {
            return false; // whoever reads it says so
        }
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

    /** Bytes of the file itself. */
    public static long size(Path input) {
        try {
            return Files.size(input);
        } catch (IOException failure) {
            throw IoErrors.unreadable(input, failure);
        }
    }

    /**
     * The text of a file from its beginning, unpacked where it is packed.
     *
     * @throws IOException if it cannot be read or is not packed as its name says; so does reading where it is damaged
     */
    public static InputStream open(Path input) throws IOException {
        Packing packing = packing(input);
        InputStream bytes = Files.newInputStream(input);
        if (packing == null) {
            return bytes;
        }
        try {
            return new UnpackedStream(new BufferedInputStream(bytes, BUFFER_BYTES), packing);
        } catch (IOException | RuntimeException failure) {
            bytes.close();
            throw failure;
        }
    }

    /** Whether the bytes of a file are other ones than those of the text in it. */
    public static boolean isPacked(Path input) {
        return packing(input) != null;
    }

    /** The name of a file without the ending of a packed one. */
    public static String unpackedName(Path input) {
        return Packing.unpackedName(input.getFileName().toString());
    }

    private static Packing packing(Path input) {
        return Packing.of(input.getFileName().toString());
    }

    /** The ending that a name needs for what begins so to be unpacked; empty if it is not packed. */
    public static String endingOf(byte[] start) {
        for (Packing packing : Packing.values()) {
            if (packing.begins(start)) {
                return packing.ending();
            }
        }
        return "";
    }

    private static void check(Path input) {
        if (!Files.exists(input)) {
            if (InputSearch.isPattern(input)) {
                throw LstmGpuException.data(
                        "%s is a pattern, and no file has that name; leave out the quotes, so that the shell replaces"
                                + " it by names",
                        input);
            }
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
