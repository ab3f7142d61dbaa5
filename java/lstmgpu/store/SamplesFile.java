package lstmgpu.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

/** {@code samples.txt}: texts drawn while training, each under a heading. */
public final class SamplesFile {
    private static final int BLOCK_BYTES = 1 << 16;

    private final Path file;

    SamplesFile(Path file) {
        this.file = file;
    }

    /** Its length; 0 where it is missing. */
    public long bytes() {
        if (!RegularFile.exists(file)) {
            return 0;
        }
        try (FileChannel channel = RegularFile.read(file)) {
            return channel.size();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /** Adds a text; the file is replaced as a whole. */
    public void append(String heading, String text) {
        byte[] added = "=== %s ===\n%s\n\n".formatted(heading, text).getBytes(StandardCharsets.UTF_8);
        long before = bytes();
        AtomicFiles.write(file, out -> {
            copy(before, out);
            out.write(added);
        });
    }

    /** Forgets what comes after so many bytes, so that a run that goes on from there does not tell it twice. */
    public void keepFirst(long bytes) {
        if (bytes < bytes()) {
            AtomicFiles.write(file, out -> copy(bytes, out));
        }
    }

    private void copy(long bytes, OutputStream out) throws IOException {
        if (bytes == 0) {
            return;
        }
        try (InputStream in = Channels.newInputStream(RegularFile.read(file))) {
            long left = bytes;
            while (left > 0) {
                byte[] block = in.readNBytes((int) Math.min(left, BLOCK_BYTES));
                if (block.length == 0) {
                    throw new IOException("it became shorter while it was read");
                }
                out.write(block);
                left -= block.length;
            }
        }
    }
}
