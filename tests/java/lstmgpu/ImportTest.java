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
        for (String folder : List.of("files", "model", "train", "generate", "data")) {
            assertEquals(List.of(), naming(BACKEND, SOURCES.resolve(folder)), folder);
        }
    }

    /** So that a machine without them loads none of their classes, and a driver's types stay where they are checked. */
    @Test
    void aDriversLibraryIsNamedInItsBackendOnly() throws IOException {
        requireOnly("(import|\\W)(static )?(jcuda|org\\.lwjgl)\\.", "cuda");
        requireOnly("(import|\\W)(static )?org\\.jocl\\.", "opencl");
    }

    /** Its folder may be a stranger's: {@link lstmgpu.files.RegularFile} looks at what lies there. */
    @Test
    void filesOfAModelAreOpenedOneWay() throws IOException {
        Pattern opening =
                Pattern.compile("\\bFiles\\.(new(Input|Output|Buffered|Byte)|read(All|String)|lines|copy|write)"
                        + "|FileChannel\\.open|File(In|Out)putStream|toFile\\(\\)");
        for (String folder : List.of("model", "train")) {
            assertEquals(List.of(), naming(opening, SOURCES.resolve(folder)), folder);
        }
    }

    private static void requireOnly(String library, String backend) throws IOException {
        Pattern pattern = Pattern.compile(library);
        Path own = SOURCES.resolve("backend").resolve(backend);
        List<Path> naming = naming(pattern, SOURCES);
        assertTrue(naming.stream().anyMatch(file -> file.startsWith(own)), library);
        assertEquals(
                List.of(), naming.stream().filter(file -> !file.startsWith(own)).toList(), library);
    }

    private static List<Path> naming(Pattern pattern, Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> sources = Files.walk(folder)) {
            List<Path> files =
                    sources.filter(path -> path.toString().endsWith(".java")).toList();
            assertTrue(files.size() > 5, "only " + files.size() + " sources are in " + folder);
            for (Path source : files) {
                if (pattern.matcher(Files.readString(source)).find()) {
                    found.add(source);
                }
            }
        }
        return found;
    }
}
