package lstmgpu.backend.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
}
