package lstmgpu.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.IoErrors;

/** The inputs of a text as they were when they were read, so that a change is noticed and can be told. */
public final class InputTexts {
    /** Of a text that comes from no file. */
    public static final InputTexts NONE =
            new InputTexts(List.of(), List.of(), List.of(), "", new TextSource.Size(0, 0));

    private final List<Path> paths;
    private final List<Stamp> stamps;
    private final List<InputText> inputs;
    private final String sha256;
    private final TextSource.Size size;

    /** What shows that a file was changed. */
    private record Stamp(long bytes, FileTime modified) {}

    private InputTexts(
            List<Path> paths, List<Stamp> stamps, List<InputText> inputs, String sha256, TextSource.Size size) {
        this.paths = List.copyOf(paths);
        this.stamps = List.copyOf(stamps);
        this.inputs = List.copyOf(inputs);
        this.sha256 = sha256;
        this.size = size;
    }

    /**
     * Reads all inputs once: what is told of them is told of their text, however it is packed.
     *
     * @throws LstmGpuException with exit code 3 if one cannot be read
     */
    public static InputTexts read(TextInputs read) {
        List<Path> paths = read.files();
        List<Stamp> stamps = stamps(paths);
        List<InputText> inputs = new ArrayList<>();
        MessageDigest all = newSha256();
        TextSource.Size size = new TextSource.Size(0, 0);
        for (Path path : paths) {
            MessageDigest own = newSha256();
            try {
                TextSource.Size part = new TextSource(new TextInputs(List.of(path), read.column()), false)
                        .copy((block, length) -> {
                            all.update(block, 0, length);
                            if (paths.size() > 1) {
                                own.update(block, 0, length);
                            }
                        });
                size = size.plus(part);
                inputs.add(new InputText(path.getFileName().toString(), part.utf8Bytes(), hex(own)));
            } catch (IOException failure) {
                throw IoErrors.unreadable(path, failure);
            }
        }
        String sha256 = hex(all);
        if (inputs.size() == 1) {
            inputs.set(0, new InputText(inputs.getFirst().name(), size.utf8Bytes(), sha256));
        }
        return new InputTexts(paths, stamps, inputs, sha256, size);
    }

    /** Of files that are texts. */
    public static InputTexts read(List<Path> paths) {
        return read(TextInputs.of(paths));
    }

    /**
     * These and others behind them; the SHA-256 is then that of the two SHA-256, each as 64 digits, one behind the
     * other.
     */
    public InputTexts and(InputTexts others) {
        MessageDigest both = newSha256();
        both.update((sha256 + others.sha256).getBytes(StandardCharsets.US_ASCII));
        return new InputTexts(
                joined(paths, others.paths),
                joined(stamps, others.stamps),
                joined(inputs, others.inputs),
                hex(both),
                size.plus(others.size));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** In the order they were given. */
    public List<InputText> list() {
        return inputs;
    }

    /** SHA-256 of all bytes one after the other, in hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    /** Of all inputs; what is no UTF-8 is counted as {@link TextSource#copy} says. */
    TextSource.Size size() {
        return size;
    }

    /**
     * @throws LstmGpuException with exit code 3, naming the first that has another length or time than when it was
     *     read, or is gone
     */
    public void checkUnchanged() {
        for (int i = 0; i < paths.size(); i++) {
            if (!stamp(paths.get(i)).equals(stamps.get(i))) {
                throw changed(paths.get(i), null);
            }
        }
    }

    /** The reason of a fault when a mapped input was reached: exit code 3. */
    public LstmGpuException unreachable(InternalError fault) {
        try {
            checkUnchanged();
        } catch (LstmGpuException changed) {
            changed.addSuppressed(fault);
            return changed;
        }
        return new LstmGpuException(
                ExitCode.DATA,
                "%s cannot be read any more; check the disk it lies on".formatted(InputFiles.describe(paths)),
                fault);
    }

    static LstmGpuException changed(Path path, Throwable cause) {
        return new LstmGpuException(
                ExitCode.DATA,
                "%s changed while it was in use; leave it alone until the program ends, and start again"
                        .formatted(path),
                cause);
    }

    private static List<Stamp> stamps(List<Path> paths) {
        return paths.stream().map(InputTexts::stamp).toList();
    }

    private static Stamp stamp(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.size(), attributes.lastModifiedTime());
        } catch (IOException failure) {
            throw IoErrors.unreadable(path, failure);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
