package lstmgpu.files;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Files that are there whole or not at all: written to a temporary name in the same folder, forced to disk, renamed
 * over the old file, and the folder forced too. Whoever dies on the way leaves the old file and a temporary one that
 * {@link #sweep} removes.
 */
public final class AtomicFiles {
    private static final String TEMPORARY = ".lstm-gpu-tmp";
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Body {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Replaces {@code target}, also where it is a symbolic link, a pipe or a device. The folder must exist. A thread's
     * interrupt does not disturb the writing.
     *
     * @throws lstmgpu.LstmGpuException if that fails; the old file is then untouched
     */
    public static void write(Path target, Body body) {
        write(target, body, written -> {});
    }

    /**
     * The same for a file that has to pass a check before anybody finds it.
     *
     * @param check is given the whole file under its temporary name; what it throws leaves the old file as it is, and
     *     nothing of the new one
     */
    public static void write(Path target, Body body, Consumer<Path> check) {
        Path folder = target.toAbsolutePath().getParent();
        Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY);
        AtomicLong written = new AtomicLong();
        try {
            RegularFile.requireReplaceable(target);
            try {
                writeForced(temporary, body, written);
                check.accept(temporary);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            forceFolder(folder);
        } catch (IOException failure) {
            throw IoErrors.unwritable(target, written.get(), failure);
        }
    }

    /** Replaces {@code target} with a text in UTF-8. */
    public static void writeText(Path target, String text) {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Makes renames and deletions in a folder survive a loss of power.
     *
     * @throws IOException if the folder cannot be opened
     */
    public static void forceFolder(Path folder) throws IOException {
        // An interrupt would close the channel before the call, so it is set aside and restored.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Removes temporary files at least that old; whoever may still be writing there must not be disturbed. */
    public static void sweep(Path folder, Duration age) {
        Instant newest = Instant.now().minus(age);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + TEMPORARY)) {
            for (Path file : files) {
                deleteIfOlder(file, newest);
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }

    private static void deleteIfOlder(Path file, Instant newest) throws IOException {
        try {
            if (!Files.getLastModifiedTime(file).toInstant().isAfter(newest)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // Another process has just finished with it.
            return;
        }
    }

    private static void writeForced(Path file, Body body, AtomicLong written) throws IOException {
        // Not a channel: those are closed by an interrupt of the thread.
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            BufferedOutputStream buffered = new BufferedOutputStream(counted(out, written), BUFFER_BYTES);
            body.write(buffered);
            buffered.flush();
            out.getFD().sync();
        }
    }

    private static OutputStream counted(OutputStream out, AtomicLong written) {
        return new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                written.addAndGet(length);
            }
        };
    }

    /** Deletes a folder with all that is in it; links are not followed. */
    public static void deleteTree(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    deleteTree(entry);
                }
            }
        }
        Files.deleteIfExists(folder);
    }
}
