package lstmgpu.data.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
    @TempDir
    Path folder;

    private Path lines(String text) throws IOException {
        return Files.writeString(folder.resolve("lines.jsonl"), text);
    }

    @Test
    void aLineThatWouldFillTheMemoryIsRefused() throws IOException {
        try (TextLines lines = TextLines.open(lines("12345\r\n\n1234567890\n"), 10)) {
            assertEquals("12345", lines.next());
            assertEquals("1234567890", lines.next());
            assertNull(lines.next());
        }
        try (TextLines lines = TextLines.open(lines("12345\n12345678901\n"), 10)) {
            LstmGpuException refused = assertThrows(LstmGpuException.class, () -> {
                lines.next();
                lines.next();
            });
            assertTrue(refused.getMessage().contains("longer than 10 characters"), refused.getMessage());
        }
    }
}
