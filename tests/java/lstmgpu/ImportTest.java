package lstmgpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything above the seam is written once: it never names a backend. */
class ImportTest {
    private static final Path SOURCES = Path.of("java", "lstmgpu");
    private static final Pattern BACKEND = Pattern.compile(
            "lstmgpu\\.backend\\.(reference|cpu|cuda|opencl|Backends)\\b|import lstmgpu\\.backend\\.\\*");

    @Test
    void nothingAboveTheSeamNamesABackend() throws IOException {
        List<String> offenders = new ArrayList<>();
        int files = 0;
        for (String folder : List.of("model", "train", "generate", "data")) {
            try (Stream<Path> sources = Files.walk(SOURCES.resolve(folder))) {
                for (Path source : sources.filter(path -> path.toString().endsWith(".java"))
                        .toList()) {
                    files++;
                    if (BACKEND.matcher(Files.readString(source)).find()) {
                        offenders.add(source.toString());
                    }
                }
            }
        }
        assertTrue(files > 20, "only " + files + " sources were found");
        assertEquals(List.of(), offenders);
    }
}
