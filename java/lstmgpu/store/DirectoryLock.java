package lstmgpu.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.FolderLock;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

/**
 * Keeps two trainers out of one directory: locked are the folder itself, where its file system can, and a file in it,
 * which also names the process. The system drops both locks with the process, however that ends; the file stays.
 */
final class DirectoryLock implements AutoCloseable {
    static final String FILE = ".lock";

    private static final int NAME_BYTES = 64;

    /** What this process holds: the system locks per process, and closing a second channel would give the lock away. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path file;
    private final FolderLock folderLock;
    private final FileChannel channel;

    /** What shows that the folder, or where it is not locked its file, is still the same. */
    private final Object held;

    /** @param folderLock null where the file system cannot lock folders */
    private DirectoryLock(Path folder, FolderLock folderLock, FileChannel channel) throws IOException {
        this.folder = folder;
        this.file = folder.resolve(FILE);
        this.folderLock = folderLock;
        this.channel = channel;
        this.held = identity();
    }

    /**
     * @throws LstmGpuException with exit code 1 if another process, or this one, holds it, or {@code .lock} is no file
     *     of its own
     */
    static DirectoryLock acquire(Path folder) {
        try {
            Path real = folder.toRealPath();
            if (!HELD.add(real)) {
                throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
            }
            try {
                return lock(folder, real);
            } catch (IOException | RuntimeException failure) {
                HELD.remove(real);
                throw failure;
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder.resolve(FILE), failure);
        }
    }

    private static DirectoryLock lock(Path folder, Path real) throws IOException {
        FolderLock.Attempt attempt = FolderLock.attempt(real);
        if (attempt.heldByAnother()) {
            throw inUse(folder, process(real.resolve(FILE)));
        }
        FileChannel channel = null;
        try {
            channel = lockFile(folder, real.resolve(FILE));
            return new DirectoryLock(real, attempt.lock(), channel);
        } catch (IOException | RuntimeException failure) {
            if (channel != null) {
                channel.close();
            }
            if (attempt.lock() != null) {
                attempt.lock().close();
            }
            throw failure;
        }
    }

    private static FileChannel lockFile(Path folder, Path file) throws IOException {
        FileChannel channel = RegularFile.change(file, StandardOpenOption.CREATE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(folder, process(file));
            }
            channel.truncate(0);
            String process = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** Who holds it, as far as that is known; the file may be gone. */
    private static String process(Path file) {
        try {
            String text = new String(RegularFile.bytes(file, NAME_BYTES), StandardCharsets.US_ASCII).strip();
            return text.matches("\\d+") ? text : "unknown";
        } catch (LstmGpuException unreadable) {
            return "unknown";
        }
    }

    private static LstmGpuException inUse(Path folder, String process) {
        String message = "%s is in use by another training run (process %s); wait for its end, or use another folder";
        return new LstmGpuException(ExitCode.FAILED, message.formatted(folder, process));
    }

    private Object identity() throws IOException {
        Path locked = folderLock == null ? file : folder;
        return Files.readAttributes(locked, BasicFileAttributes.class).fileKey();
    }

    /**
     * Call it before anything is replaced: what was locked may have been deleted meanwhile.
     *
     * @throws LstmGpuException with exit code 1 if it is gone or another one
     */
    void check() {
        boolean same;
        try {
            Object now = identity();
            same = now == null || now.equals(held);
        } catch (IOException gone) {
            throw IoErrors.unwritable(folder, gone);
        }
        if (!same) {
            String message =
                    "%s is not what it was when this run locked it, so another run may use it now; nothing more"
                            + " is written there: start again";
            throw new LstmGpuException(ExitCode.FAILED, message.formatted(folderLock == null ? file : folder));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw IoErrors.unwritable(file, failure);
        } finally {
            if (folderLock != null) {
                folderLock.close();
            }
            HELD.remove(folder);
        }
    }
}
