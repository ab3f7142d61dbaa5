package lstmgpu.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.SpecialFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever stands where a file belongs is read within its limit or refused at once, and what it leads to stays as it
 * is.
 */
class RegularFileTest {
    private static final Duration AT_ONCE = Duration.ofMinutes(1);
    private static final byte[] CONTENT = {1, 2, 3};
    private static final int EXCHANGES = 3000;

    @TempDir
    Path folder;

    private Path other;
    private Path place;

    @BeforeEach
    void writeAFile() throws IOException {
        other = Files.write(folder.resolve("other"), CONTENT);
        place = folder.resolve("place");
    }

    @ParameterizedTest
    @EnumSource
    void isReadOrRefusedAtOnce(SpecialFile kind) throws Exception {
        assumeTrue(kind.put(place, other), "this machine makes no " + kind);
        assertTrue(RegularFile.exists(place));
        if (kind.leadsToAFile()) {
            assertArrayEquals(CONTENT, RegularFile.bytes(place, CONTENT.length));
            return;
        }
        LstmGpuException refusal = assertTimeoutPreemptively(
                AT_ONCE, () -> assertThrows(LstmGpuException.class, () -> RegularFile.bytes(place, 1000)));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().startsWith(place.toString()), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(reason(kind)), refusal.getMessage());
    }

    private static String reason(SpecialFile kind) {
        return switch (kind) {
            case FOLDER, FOLDER_WITH_A_FILE -> "is a folder where a file belongs";
            case PIPE, SOCKET, ENDLESS_DEVICE, LINK_TO_ENDLESS_DEVICE ->
                "is a device, a pipe or a socket where a file belongs";
            case HUGE -> "has more than 1,000 bytes";
            default -> "cannot be read";
        };
    }

    @Test
    void aFileThatIsTooLargeIsRefusedBeforeItIsRead() throws IOException {
        RegularFile.stream(other, CONTENT.length).close();
        assertThrows(LstmGpuException.class, () -> RegularFile.stream(other, CONTENT.length - 1));
    }

    /** Somebody else puts a link to the other file there again and again, whose content stays whatever the moment. */
    @Test
    void aLinkThatIsPutThereMeanwhileIsNotFollowed() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread somebody = new Thread(() -> exchange(done));
        somebody.start();
        try {
            for (int i = 0; i < EXCHANGES; i++) {
                try (FileChannel channel = RegularFile.change(place, StandardOpenOption.CREATE)) {
                    channel.write(ByteBuffer.wrap(new byte[] {9}));
                } catch (IOException | LstmGpuException refused) {
                    // As it should be, if there was the link.
                }
            }
        } finally {
            done.set(true);
            somebody.join();
        }
        assertArrayEquals(CONTENT, Files.readAllBytes(other));
    }

    private void exchange(AtomicBoolean done) {
        while (!done.get()) {
            try {
                Files.deleteIfExists(place);
                Files.createSymbolicLink(place, other);
            } catch (FileAlreadyExistsException made) {
                // By the one that changes it.
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotChangedInPlace(SpecialFile kind) throws Exception {
        assumeTrue(kind != SpecialFile.HUGE && kind.put(place, other), "this machine makes no " + kind);
        LstmGpuException refusal = assertTimeoutPreemptively(
                AT_ONCE,
                () -> assertThrows(LstmGpuException.class, () -> RegularFile.change(place, StandardOpenOption.CREATE)));
        assertEquals(ExitCode.FAILED, refusal.exitCode());
        assertTrue(refusal.getMessage().startsWith(place.toString()), refusal.getMessage());
        assertArrayEquals(CONTENT, Files.readAllBytes(other));
        assertFalse(Files.exists(folder.resolve("nothing")));
    }

    @ParameterizedTest
    @EnumSource
    void isReplacedByAFileUnlessItIsAFolder(SpecialFile kind) throws Exception {
        assumeTrue(kind.put(place, other), "this machine makes no " + kind);
        if (Files.isDirectory(place)) {
            LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> AtomicFiles.writeText(place, "new"));
            assertEquals(ExitCode.FAILED, refusal.exitCode());
            assertTrue(refusal.getMessage().contains("is a folder where a file belongs"), refusal.getMessage());
        } else {
            AtomicFiles.writeText(place, "new");
            assertEquals("new", Files.readString(place));
            assertTrue(Files.isRegularFile(place, java.nio.file.LinkOption.NOFOLLOW_LINKS));
        }
        assertArrayEquals(CONTENT, Files.readAllBytes(other));
        assertFalse(Files.exists(folder.resolve("nothing")));
    }

    @Test
    void anOwnFileIsChangedAndOneThatGrowsEndsAtItsLimit() throws IOException {
        try (FileChannel channel = RegularFile.change(place, StandardOpenOption.CREATE)) {
            channel.write(ByteBuffer.wrap(CONTENT));
        }
        assertArrayEquals(CONTENT, Files.readAllBytes(place));
        try (InputStream in = RegularFile.stream(place, CONTENT.length)) {
            Files.write(place, new byte[1000]);
            assertThrows(LstmGpuException.class, in::readAllBytes);
        }
    }
}
