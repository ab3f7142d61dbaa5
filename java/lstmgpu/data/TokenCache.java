package lstmgpu.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;

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

    /**
     * The description with the check sums of both.
     *
     * @param key of the text and the tokenizer
     * @param checksum of the tokens
     * @param descriptionChecksum of key and description
     */
    private record Footer(String key, TokenFile.Description tokens, long checksum, long descriptionChecksum) {
        Footer(String key, TokenFile.Description tokens, long checksum) {
            this(key, tokens, checksum, sum(key, tokens));
        }

        private static long sum(String key, TokenFile.Description tokens) {
            CRC32C sum = new CRC32C();
            sum.update((key + tokens).getBytes(StandardCharsets.UTF_8));
            return sum.getValue();
        }

        boolean isOf(String other) {
            return other.equals(key) && descriptionChecksum == sum(key, tokens);
        }
    }

    void store(String key, int vocabularySize, Content content) {
        prepare();
        AtomicFiles.write(file(key), out -> {
            TokenWriter writer = new TokenWriter(out, TokenFile.bytesPerToken(vocabularySize));
            TokenFile.Description description = content.write(writer);
            writeFooter(out, new Footer(key, description, writer.checksum()));
        });
    }

    /** The token file of that key, or null if there is none that is whole. */
    TokenFile find(String key, int vocabularySize, InputTexts inputs) {
        Path file = file(key);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (FileChannel channel = RegularFile.read(file)) {
            TokenFile.Description description = describe(channel, key, vocabularySize);
            if (description == null) {
                return null;
            }
            touch(file);
            return TokenFile.map(channel, description, new TokenFile.Source(inputs, false));
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
            CacheFolder.make(folder);
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

    private static TokenFile.Description describe(FileChannel channel, String key, int vocabularySize)
            throws IOException {
        long size = channel.size();
        if (size < TRAILER_BYTES) {
            return null;
        }
        ByteBuffer trailer = read(channel, size - TRAILER_BYTES, TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long jsonBytes = trailer.getLong();
        if (trailer.getLong() != MAGIC
                || jsonBytes < 0
                || jsonBytes > Math.min(DESCRIPTION_BYTES_AT_MOST, size - TRAILER_BYTES)) {
            return null;
        }
        long tokenBytes = size - TRAILER_BYTES - jsonBytes;
        Footer footer =
                JSON.readValue(read(channel, tokenBytes, (int) jsonBytes).array(), Footer.class);
        TokenFile.Description tokens = footer == null ? null : footer.tokens();
        boolean whole = tokens != null
                && footer.isOf(key)
                && tokens.bytesPerToken() == TokenFile.bytesPerToken(vocabularySize)
                && tokens.length() == tokenBytes / tokens.bytesPerToken()
                && tokenBytes % tokens.bytesPerToken() == 0
                && new TokenSum(tokens.bytesPerToken()).of(channel, tokenBytes, vocabularySize) == footer.checksum();
        return whole ? tokens : null;
    }

    private static ByteBuffer read(FileChannel channel, long at, int bytes) throws IOException {
        return fill(ByteBuffer.allocate(bytes), channel, at);
    }

    static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("ends early");
            }
        }
        return buffer.flip();
    }
}
