package lstmgpu.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.IoErrors;

/**
 * Keeps two trainers out of one directory. The system drops the lock with the process, however that ends; the file
 * stays.
 */
final class DirectoryLock implements AutoCloseable {
    static final String FILE = ".lock";

    /** What this process holds: the system locks per process, and closing a second channel would give the lock away. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * @throws LstmGpuException with exit code 1 if another process, or this one, holds it
     */
    static DirectoryLock acquire(Path folder) {
        try {
            Path file = folder.toRealPath().resolve(FILE);
            if (!HELD.add(file)) {
                throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
            }
            try {
                return new DirectoryLock(file, lock(folder, file));
            } catch (IOException | RuntimeException failure) {
                HELD.remove(file);
                throw failure;
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder.resolve(FILE), failure);
        }
    }

    private static FileChannel lock(Path folder, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(folder, Files.readString(file).strip());
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

    private static LstmGpuException inUse(Path folder, String process) {
        String message = "%s is in use by another training run (process %s); wait for its end, or use another folder";
        return new LstmGpuException(ExitCode.FAILED, message.formatted(folder, process));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw IoErrors.unwritable(file, failure);
        } finally {
            HELD.remove(file);
        }
    }
}
