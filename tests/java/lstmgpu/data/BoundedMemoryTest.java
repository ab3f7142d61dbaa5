package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is allocated over the whole of a long text, freed or not, bounds what is ever held. */
@Isolated
class BoundedMemoryTest {
    private static final long LINE_BYTES = 500_000_000;
    private static final long ALLOCATED_AT_MOST = 64L << 20;
    private static final int MEMBER_BYTES = 1_000_000;
    private static final int MEMBERS = 100;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"byte", "char", "word"})
    void oneLineOf500MegabytesTakesLittleMemory(String kind) throws IOException {
        Path line = sparse("line", LINE_BYTES);
        TokenizeOptions options = new TokenizeOptions(false, folder.resolve("cache"));
        long before = allocated();
        Tokenizer tokenizer = Vocabulary.build(kind, List.of(line), TextOptions.DEFAULT);
        try (TokenFile tokens = TextFiles.tokenize(List.of(line), tokenizer, options)) {
            long used = allocated() - before;
            assertTrue(used < ALLOCATED_AT_MOST, () -> "%,d bytes were allocated".formatted(used));
            assertEquals(kind.equals("word") ? 1 : LINE_BYTES, tokens.length());
            assertEquals(LINE_BYTES, tokens.characters());
            assertEquals(LINE_BYTES, tokens.utf8Bytes());
        }
    }

    /** 100 MB in 100 members of a packed file of 100 KB. */
    @Test
    void whatUnpacksToMuchTakesLittleMemory() throws IOException {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(member)) {
            out.write(new byte[MEMBER_BYTES]);
        }
        Path file = folder.resolve("bomb.gz");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < MEMBERS; i++) {
                member.writeTo(out);
            }
        }
        TokenizeOptions options = new TokenizeOptions(false, folder.resolve("cache"));
        long before = allocated();
        Tokenizer tokenizer = Vocabulary.build("char", List.of(file), TextOptions.DEFAULT);
        try (TokenFile tokens = TextFiles.tokenize(List.of(file), tokenizer, options)) {
            long used = allocated() - before;
            assertTrue(used < ALLOCATED_AT_MOST, () -> "%,d bytes were allocated".formatted(used));
            assertEquals((long) MEMBERS * MEMBER_BYTES, tokens.length());
        }
    }

    @Test
    void moreTokensThanAnIntCountsCanBeReached() throws IOException {
        long length = 5_000_000_000L;
        Path file = sparse("large", length);
        try (RandomAccessFile last = new RandomAccessFile(file.toFile(), "rw")) {
            last.seek(length - 1);
            last.write(0xC8);
        }
        long before = allocated();
        var description = new TokenFile.Description(1, length, "", length, length, Map.of(), 0);
        try (TokenFile tokens = TokenFile.map(file, description, new TokenFile.Source(InputTexts.NONE, true))) {
            assertEquals(0xC8, tokens.token(length - 1));
            assertEquals(length, tokens.tokens().byteSize());
            assertEquals(1, tokens.slice(length - 1, 1).byteSize());
        }
        assertTrue(allocated() - before < ALLOCATED_AT_MOST);
    }

    /** A file that reads as NUL bytes and takes no room on most disks. */
    private Path sparse(String name, long bytes) throws IOException {
        Path file = folder.resolve(name);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
        return file;
    }

    private static long allocated() {
        Supplier<ThreadMXBean> threads = () -> (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.get().getCurrentThreadAllocatedBytes();
    }
}
