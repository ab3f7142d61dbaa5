package lstmgpu.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/** Failed reads and writes in the user's words. */
public final class IoErrors {
    private IoErrors() {}

    /** What went wrong, without the path and without the name of a class. */
    public static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "it is a folder with something in it";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "something else has that name";
        }
        if (failure instanceof FileSystemException detailed && detailed.getReason() != null) {
            return detailed.getReason();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /** Exit code 3: {@code path} cannot be read. */
    public static LstmGpuException unreadable(Path path, IOException failure) {
        String message = "%s cannot be read: %s".formatted(path, reason(failure));
        return new LstmGpuException(ExitCode.DATA, message, failure);
    }

    /** Exit code 1: {@code path} cannot be written. */
    public static LstmGpuException unwritable(Path path, IOException failure) {
        return unwritable(path, 0, failure);
    }

    /** Exit code 1: {@code path} cannot be written further than so many bytes. */
    static LstmGpuException unwritable(Path path, long bytes, IOException failure) {
        String message = "%s cannot be written: %s, after %,d bytes%s; choose a folder that is writable and has room"
                .formatted(path, reason(failure), bytes, free(path));
        return new LstmGpuException(ExitCode.FAILED, message, failure);
    }

    private static String free(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        try {
            return folder == null
                    ? ""
                    : " and with %,d bytes free"
                            .formatted(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException unknown) {
            return "";
        }
    }
}
