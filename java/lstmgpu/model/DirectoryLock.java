package lstmgpu.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.data.IoErrors;

/** Keeps two trainers out of one directory. The system drops the lock with the process, however that ends; the file stays. */
final class DirectoryLock implements AutoCloseable {
    static final String FILE = ".lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @throws LstmGpuException with exit code 1 if another process, or this one, holds it
     */
    static DirectoryLock acquire(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                channel.close();
                String message = "%s is in use by another training run (process %s); wait until it ends, or choose another directory"
                        .formatted(folder, Files.readString(file).strip());
                throw new LstmGpuException(ExitCode.FAILED, message);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap("%d%n".formatted(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new DirectoryLock(channel);
        } catch (IOException failure) {
            throw IoErrors.unwritable(file, failure);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ownProcess) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new LstmGpuException(ExitCode.FAILED, "the lock could not be released: " + IoErrors.reason(failure), failure);
        }
    }
}
