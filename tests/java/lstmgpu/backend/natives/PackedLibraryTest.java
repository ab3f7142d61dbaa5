package lstmgpu.backend.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import lstmgpu.ForeignFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the cache is taken only if it is what was packed. */
class PackedLibraryTest {
    private static final String RESOURCE = "/lib/libJOCL_2_0_6-linux-x86_64.so";

    @TempDir
    Path folder;

    private PackedLibrary library;
    private byte[] content;

    @BeforeEach
    void unpack() throws IOException {
        library = PackedLibrary.of(RESOURCE);
        try (InputStream in = PackedLibraryTest.class.getResourceAsStream(RESOURCE)) {
            content = in.readAllBytes();
        }
        assertUnpacked();
    }

    private Path assertUnpacked() throws IOException {
        Path file = library.unpackInto(folder);
        assertTrue(Files.isRegularFile(file) && !Files.isSymbolicLink(file));
        assertEquals(-1, java.util.Arrays.mismatch(content, Files.readAllBytes(file)));
        return file;
    }

    @Test
    void whatIsRightIsLeftAlone() throws IOException {
        Path file = library.unpackInto(folder);
        Object before = Files.getAttribute(file, "unix:ino");
        assertEquals(file, library.unpackInto(folder));
        assertEquals(before, Files.getAttribute(file, "unix:ino"));
    }

    @Test
    void aChangedFileIsWrittenAnewThoughSizeAndTimeAreTheOld() throws IOException {
        Path file = library.unpackInto(folder);
        FileTime time = Files.getLastModifiedTime(file);
        byte[] changed = content.clone();
        changed[changed.length / 2] ^= 1;
        Files.write(file, changed);
        Files.setLastModifiedTime(file, time);
        assertUnpacked();
    }

    @Test
    void aShortenedFileIsWrittenAnew() throws IOException {
        Files.write(library.unpackInto(folder), java.util.Arrays.copyOf(content, 1000));
        assertUnpacked();
    }

    @Test
    void aLinkIsReplacedAndNotFollowed() throws IOException {
        Path file = library.unpackInto(folder);
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "mine");
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        assertUnpacked();
        assertEquals("mine", Files.readString(elsewhere));

        Path moved = Files.move(file, folder.resolve("moved"));
        Files.createSymbolicLink(file, moved);
        assertUnpacked();
    }

    @Test
    void aFileThatOthersOwnOrCanWriteIsWrittenAnewThoughItsContentIsRight() throws IOException {
        Path file = library.unpackInto(folder);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertUnpacked();
        assertFalse(Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE));
        ForeignFile.give(file);
        assertUnpacked();
        assertEquals(Files.getOwner(folder), Files.getOwner(file));
    }

    /** With nothing but its mode or owner to tell it from the one that was found right. */
    @Test
    void aFileWhoseProofFitsIsNotTakenFromOthers() throws IOException {
        Path file = library.unpackInto(folder);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        String facts = "%s %s %s\n"
                .formatted(
                        Files.size(file), Files.getAttribute(file, "unix:ino"), Files.getAttribute(file, "unix:ctime"));
        Files.writeString(folder.resolve(library.name() + ".sha256"), "sum\n" + library.identity() + facts);
        assertUnpacked();
        assertFalse(Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE));
    }

    @Test
    void anothersProofIsNone() throws IOException {
        PackedLibrary other = new PackedLibrary(library.name(), library.content(), library.identity() + "another\n");
        Path proof = folder.resolve(library.name() + ".sha256");
        String before = Files.readString(proof);
        other.unpackInto(folder);
        assertFalse(before.equals(Files.readString(proof)));
    }
}
