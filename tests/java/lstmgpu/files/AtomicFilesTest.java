package lstmgpu.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    private static final int LENGTH = 3_000_000;

    @TempDir
    private Path folder;

    @Test
    void theOldFileStaysWhenWritingFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        LstmGpuException failure = assertThrows(
                LstmGpuException.class,
                () -> AtomicFiles.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }));
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().contains("No space left on device"), failure::getMessage);
        assertTrue(failure.getMessage().contains(file.toString()), failure::getMessage);
        assertEquals("old", Files.readString(file));
        assertThrows(
                IllegalStateException.class,
                () -> AtomicFiles.write(file, out -> {
                    throw new IllegalStateException();
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(1, count());
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path file = folder.resolve("none/file");
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> AtomicFiles.writeText(file, "x"));
        assertTrue(failure.getMessage().contains(file.toString()), failure::getMessage);
    }

    @Test
    void anInterruptedThreadStillWritesWholeFilesAndStaysInterrupted() throws IOException {
        Path file = folder.resolve("file");
        Thread.currentThread().interrupt();
        AtomicFiles.writeText(file, "new");
        assertTrue(Thread.interrupted());
        assertEquals("new", Files.readString(file));
    }

    @Test
    void onlyTemporaryFilesOfThatAgeAreSwept() throws IOException {
        Path fresh = Files.writeString(folder.resolve(".a.1.lstm-gpu-tmp"), "");
        Path old = Files.writeString(folder.resolve(".b.2.lstm-gpu-tmp"), "");
        Path other = Files.writeString(folder.resolve("c.lstm-gpu-tmp"), "");
        for (Path file : new Path[] {old, other}) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        }
        AtomicFiles.sweep(folder, Duration.ofHours(1));
        assertTrue(Files.exists(fresh));
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(other));
    }

    @Test
    void whoeverIsKilledWhileWritingLeavesTheOldOrTheNewFile() throws Exception {
        Path file = folder.resolve("file");
        AtomicFiles.write(file, out -> out.write(content((byte) 0)));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int round = 0; round < 5; round++) {
            String path = System.getProperty("java.class.path");
            Process process = new ProcessBuilder(java, "-cp", path, Rewriter.class.getName(), file.toString())
                    .redirectErrorStream(true)
                    .start();
            assertEquals('.', process.getInputStream().read());
            Thread.sleep(7L * round);
            process.destroyForcibly();
            assertTrue(process.waitFor(1, TimeUnit.MINUTES));
            byte[] bytes = Files.readAllBytes(file);
            assertEquals(LENGTH, bytes.length);
            for (byte value : bytes) {
                assertEquals(bytes[0], value);
            }
        }
        AtomicFiles.sweep(folder, Duration.ZERO);
        assertEquals(1, count());
    }

    /** Writes a file of equal bytes again and again. */
    static final class Rewriter {
        private Rewriter() {}

        public static void main(String[] arguments) {
            for (byte value = 1; ; value++) {
                byte[] content = content(value);
                AtomicFiles.write(Path.of(arguments[0]), out -> out.write(content));
                System.out.print('.');
                System.out.flush();
            }
        }
    }

    private static byte[] content(byte value) {
        byte[] bytes = new byte[LENGTH];
        java.util.Arrays.fill(bytes, value);
        return bytes;
    }

    private long count() throws IOException {
        try (var files = Files.list(folder)) {
            return files.count();
        }
    }
}
