package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import lstmgpu.ForeignFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptImageTest {
    private static final byte[] IMAGE = "a compiled kernel".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    @Test
    void everyChangeOfAByteIsSeen() throws IOException {
        KeptImage image = new KeptImage(folder.resolve("kernels/a.image"));
        assertNull(image.read());
        image.keep(IMAGE);
        assertArrayEquals(IMAGE, image.read());
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(image.file().getParent())));
        byte[] kept = Files.readAllBytes(image.file());
        for (int place = 0; place < kept.length; place++) {
            byte[] changed = kept.clone();
            changed[place] ^= 1;
            Files.write(image.file(), changed);
            assertNull(image.read(), "byte " + place);
        }
        Files.write(image.file(), java.util.Arrays.copyOf(kept, kept.length - 1));
        assertNull(image.read());
        Files.write(image.file(), new byte[3]);
        assertNull(image.read());
    }

    /** Its sum is right, as whoever makes such a file can see to. */
    @Test
    void whatAnotherUserCouldHaveMadeIsNotRead() throws IOException {
        KeptImage image = new KeptImage(folder.resolve("kernels/a.image"));
        Path kernels = image.file().getParent();
        image.keep(IMAGE);
        setMode(image.file(), "rw-rw-rw-");
        assertNull(image.read(), "a file that others can write");
        setMode(image.file(), "rw-r--r--");
        setMode(kernels, "rwxrwxrwx");
        assertNull(image.read(), "in a folder that others can write");
        setMode(kernels, "rwx------");
        assertArrayEquals(IMAGE, image.read());

        Path elsewhere = Files.move(image.file(), folder.resolve("elsewhere"));
        Files.createSymbolicLink(image.file(), elsewhere);
        assertNull(image.read(), "a link");
        Files.delete(image.file());
        Files.move(elsewhere, image.file());
        Path moved = Files.move(kernels, folder.resolve("moved"));
        Files.createSymbolicLink(kernels, moved);
        assertNull(image.read(), "in a folder that is a link");
        Files.delete(kernels);
        Files.move(moved, kernels);
        assertArrayEquals(IMAGE, image.read());
    }

    @Test
    void aChoiceThatAnotherUserCouldHaveMadeIsNotRead() throws IOException {
        KeptChoice choice = new KeptChoice(folder.resolve("kernels/choice"));
        assertEquals("", choice.read());
        choice.keep("fused");
        assertEquals("fused", choice.read());
        setMode(choice.file(), "rw-rw-rw-");
        assertEquals("", choice.read(), "a file that others can write");
        choice.keep("fused");
        assertEquals("fused", choice.read());
    }

    @Test
    void anothersFileIsNotReadButMadeAnew() throws IOException {
        KeptImage image = new KeptImage(folder.resolve("kernels/a.image"));
        image.keep(IMAGE);
        ForeignFile.give(image.file());
        assertNull(image.read());
        image.keep(IMAGE);
        assertArrayEquals(IMAGE, image.read());
    }

    private static void setMode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
