package lstmgpu.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;

/**
 * A folder of token files: the tokens, a description in JSON, its length and the magic number. A file that is cut short
 * or altered is made again; one that nobody used for {@link #KEPT} goes.
 */
final class TokenCache {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Duration STALE = Duration.ofDays(1);
    private static final String SUFFIX = ".tokens";
    private static final long MAGIC = 0x314E4B544D54534CL;
    private static final int TRAILER_BYTES = 2 * Long.BYTES;
    private static final int DESCRIPTION_BYTES_AT_MOST = 16 << 20;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    TokenCache(Path folder) {
        this.folder = folder;
    }

    /** Writes all tokens and says what they are. */
    @FunctionalInterface
    interface Content {
        TokenFile.Description write(TokenWriter writer) throws IOException;
    }

    /** The description with the check sum of the tokens. */
    private record Footer(TokenFile.Description tokens, long checksum) {}

    void store(String key, int vocabularySize, Content content) {
        prepare();
        AtomicFiles.write(file(key), out -> {
            TokenWriter writer = new TokenWriter(out, TokenFile.bytesPerToken(vocabularySize));
            TokenFile.Description description = content.write(writer);
            writeFooter(out, new Footer(description, writer.checksum()));
        });
    }

    /** The token file of that key, or null if there is none that is whole. */
    TokenFile find(String key, int vocabularySize, InputTexts inputs) {
        Path file = file(key);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            TokenFile.Description description = describe(file, vocabularySize);
            if (description == null) {
                return null;
            }
            touch(file);
            return TokenFile.map(file, description, new TokenFile.Source(inputs, false));
        } catch (IOException damaged) {
            // Unreadable is as good as absent: it is written anew, and if that fails too the user hears of it.
            return null;
        }
    }

    private Path file(String key) {
        return folder.resolve(key + SUFFIX);
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException readOnly) {
            // A cache that cannot be written is used all the same.
            return;
        }
    }

    private void prepare() {
        try {
            Files.createDirectories(folder);
            AtomicFiles.sweep(folder, STALE);
            Instant oldest = Instant.now().minus(KEPT);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                for (Path file : files) {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException failure) {
            throw new LstmGpuException(
                    ExitCode.FAILED,
                    "the cache folder %s cannot be written: %s; set LSTM_GPU_CACHE to a folder that can"
                            .formatted(folder, IoErrors.reason(failure)),
                    failure);
        }
    }

    private static void writeFooter(OutputStream out, Footer footer) throws IOException {
        byte[] json = JSON.writeValueAsBytes(footer);
        out.write(json);
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(trailer.putLong(json.length).putLong(MAGIC).array());
    }

    private static TokenFile.Description describe(Path file, int vocabularySize) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < TRAILER_BYTES) {
                return null;
            }
            ByteBuffer trailer =
                    read(channel, size - TRAILER_BYTES, TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            long jsonBytes = trailer.getLong();
            if (trailer.getLong() != MAGIC
                    || jsonBytes < 0
                    || jsonBytes > Math.min(DESCRIPTION_BYTES_AT_MOST, size - TRAILER_BYTES)) {
                return null;
            }
            long tokenBytes = size - TRAILER_BYTES - jsonBytes;
            Footer footer =
                    JSON.readValue(read(channel, tokenBytes, (int) jsonBytes).array(), Footer.class);
            TokenFile.Description tokens = footer.tokens();
            boolean whole = tokens.bytesPerToken() == TokenFile.bytesPerToken(vocabularySize)
                    && tokens.length() == tokenBytes / tokens.bytesPerToken()
                    && tokenBytes % tokens.bytesPerToken() == 0
                    && footer.checksum() == checksum(channel, tokenBytes);
            return whole ? tokens : null;
        }
    }

    private static long checksum(FileChannel channel, long bytes) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        for (long at = 0; at < bytes; at += BLOCK_BYTES) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, bytes - at));
            checksum.update(fill(block, channel, at));
        }
        return checksum.getValue();
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
        return fill(ByteBuffer.allocate(bytes), channel, at);
    }

    private static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("ends early");
            }
        }
        return buffer.flip();
    }
}
