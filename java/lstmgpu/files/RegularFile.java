package lstmgpu.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/**
 * The one way to open a file of a model or of the cache, whose folder somebody else may have filled. What is no regular
 * file is refused before it is opened, since opening a pipe waits and a device has no end. A file that is read may be
 * reached through a symbolic link; one that is changed in place may not, nor may it have a second name.
 */
public final class RegularFile {
    private static final String NAMES = "unix:nlink";

    /** How often a file may have another put in its place while it is being opened. */
    private static final int MOST_REPLACED = 20;

    /** Another file has come to a place since it was looked at. */
    private static final class Replaced extends IOException {
        private static final long serialVersionUID = 1;

        Replaced() {
            super("it was replaced while it was opened");
        }
    }

    private RegularFile() {}

    /** Whether anything has that name, be it a link to nothing. */
    public static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * A file to read. Files are written whole and then renamed, so one that is read while a run goes on may be replaced
     * in between: then the new one is looked at.
     *
     * @throws LstmGpuException with exit code 3 if it is no regular file
     */
    public static FileChannel read(Path file) throws IOException {
        for (int replaced = 0; ; replaced++) {
            try {
                return readOnce(file);
            } catch (Replaced again) {
                if (replaced == MOST_REPLACED) {
                    throw again;
                }
            }
        }
    }

    private static FileChannel readOnce(Path file) throws IOException {
        BasicFileAttributes before = Files.readAttributes(file, BasicFileAttributes.class);
        if (!before.isRegularFile()) {
            throw LstmGpuException.data("%s is %s where a file belongs; restore it from a copy", file, kind(before));
        }
        return opened(file, before, Set.of(StandardOpenOption.READ));
    }

    /**
     * A file to read from its beginning, which ends in an exception when it has more bytes than such a file may have.
     *
     * @throws LstmGpuException with exit code 3 if it is no regular file or too large
     */
    public static InputStream stream(Path file, long most) throws IOException {
        FileChannel channel = read(file);
        if (channel.size() > most) {
            channel.close();
            throw tooLarge(file, most);
        }
        return new Limited(file, Channels.newInputStream(channel), most);
    }

    /**
     * All bytes of a file.
     *
     * @throws LstmGpuException with exit code 3 if it is no regular file, too large or cannot be read
     */
    public static byte[] bytes(Path file, long most) {
        try (InputStream in = stream(file, most)) {
            return in.readAllBytes();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /**
     * A file to change in place; with {@link StandardOpenOption#CREATE} it need not exist.
     *
     * @throws LstmGpuException with exit code 1 if it is no regular file, a link, or has another name too
     */
    public static FileChannel change(Path file, OpenOption... options) throws IOException {
        BasicFileAttributes before = attributes(file);
        if (before != null) {
            requireOwn(file, before);
        }
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(StandardOpenOption.WRITE);
        all.add(LinkOption.NOFOLLOW_LINKS);
        return opened(file, before, all);
    }

    private static void requireOwn(Path file, BasicFileAttributes found) throws IOException {
        if (!found.isRegularFile()) {
            throw inTheWay(file, kind(found) + " where a file belongs");
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && (int) Files.getAttribute(file, NAMES, LinkOption.NOFOLLOW_LINKS) > 1) {
            throw inTheWay(file, "also known by another name (a hard link)");
        }
    }

    /**
     * Refuses a folder that is to be written into and is a link or no folder; it need not exist.
     *
     * @throws LstmGpuException with exit code 1
     */
    public static void requireOwnFolder(Path folder) {
        try {
            BasicFileAttributes found = attributes(folder);
            if (found != null && !found.isDirectory()) {
                throw inTheWay(folder, kind(found) + " where a folder belongs");
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }

    /** Refuses a place to which a file cannot be renamed, with a sentence of its own. */
    static void requireReplaceable(Path file) throws IOException {
        BasicFileAttributes found = attributes(file);
        if (found != null && found.isDirectory()) {
            throw inTheWay(file, "a folder where a file belongs");
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** Somebody may have put another file there since it was looked at. */
    private static FileChannel opened(Path file, BasicFileAttributes before, Set<OpenOption> options)
            throws IOException {
        FileChannel channel = FileChannel.open(file, options);
        LinkOption[] follow = options.contains(LinkOption.NOFOLLOW_LINKS)
                ? new LinkOption[] {LinkOption.NOFOLLOW_LINKS}
                : new LinkOption[0];
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, follow);
        Object key = before == null ? now.fileKey() : before.fileKey();
        if (!now.isRegularFile() || key != null && !key.equals(now.fileKey())) {
            channel.close();
            throw new Replaced();
        }
        return channel;
    }

    private static LstmGpuException inTheWay(Path file, String kind) {
        return new LstmGpuException(
                ExitCode.FAILED, "%s is %s, so nothing is written there; move it away".formatted(file, kind));
    }

    private static LstmGpuException tooLarge(Path file, long most) {
        return LstmGpuException.data(
                "%s has more than %,d bytes, more than such a file ever needs; restore it from a copy", file, most);
    }

    private static String kind(BasicFileAttributes found) {
        if (found.isSymbolicLink()) {
            return "a symbolic link";
        }
        return found.isDirectory() ? "a folder" : found.isRegularFile() ? "a file" : "a device, a pipe or a socket";
    }

    /** What grows while it is read, or has no size, ends at the limit too. */
    private static final class Limited extends FilterInputStream {
        private final Path file;
        private final long most;
        private long count;

        Limited(Path file, InputStream in, long most) {
            super(in);
            this.file = file;
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            counted(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            counted(Math.max(0, read));
            return read;
        }

        private void counted(int read) {
            count += read;
            if (count > most) {
                throw tooLarge(file, most);
            }
        }
    }
}
