package lstmgpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Who may use whom: what docs/design.md says of the packages' order, and that nothing above the seam names a backend.
 */
class ImportTest {
    private static final Path SOURCES = Path.of("java", "lstmgpu");
    private static final Path DESIGN = Path.of("docs", "design.md");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    private static final Pattern USED = Pattern.compile("\\b(lstmgpu(?:\\.[a-z]+)*)\\.[A-Z]");
    private static final Pattern BACKEND = Pattern.compile(
            "lstmgpu\\.(backend\\.(reference|cpu|cuda|opencl)|devices)\\b|import lstmgpu\\.backend\\.\\*");

    @Test
    void aPackageUsesOnlyThoseBelowItInTheDesignPage() throws IOException {
        List<String> order = order();
        Set<String> packages = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (Path source : sources(SOURCES)) {
            String own = source.getParent().toString().replace('/', '.').substring("java.".length());
            packages.add(own);
            Matcher used =
                    USED.matcher(COMMENT.matcher(Files.readString(source)).replaceAll(""));
            while (used.find()) {
                String other = used.group(1);
                if (!other.equals(own) && order.indexOf(other) <= order.indexOf(own)) {
                    wrong.add(source + " uses " + other);
                }
            }
        }
        assertEquals(packages, new TreeSet<>(order), "the packages that docs/design.md lists");
        assertEquals(List.of(), wrong);
    }

    /** The packages of the first block under "The rooms", from top to bottom. */
    private static List<String> order() throws IOException {
        String page = Files.readString(DESIGN);
        String block = page.substring(page.indexOf("## The rooms")).split("```", 3)[1];
        return block.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.split(" ", 2)[0])
                .map(name -> name.equals("lstmgpu") ? name : "lstmgpu." + name)
                .toList();
    }

    @Test
    void nothingAboveTheSeamNamesABackend() throws IOException {
        for (String folder :
                List.of("files", "data", "network", "store", "generate", "task", "train", "inspect", "bench")) {
            assertEquals(List.of(), naming(BACKEND, SOURCES.resolve(folder)), folder);
        }
    }

    /** So that a machine without them loads none of their classes, and a driver's types stay where they are checked. */
    @Test
    void aDriversLibraryIsNamedInItsBackendOnly() throws IOException {
        requireOnly("(import|\\W)(static )?(jcuda|org\\.lwjgl)\\.", "cuda");
        requireOnly("(import|\\W)(static )?org\\.jocl\\.", "opencl");
    }

    /** So that no other command loads a class of it. */
    @Test
    void onnxRuntimeIsNamedInOnePlace() throws IOException {
        assertEquals(
                List.of(SOURCES.resolve("onnx/RuntimeNetwork.java")),
                naming(Pattern.compile("\\bai\\.onnxruntime\\."), SOURCES));
    }

    /** Its folder may be a stranger's: {@link lstmgpu.files.RegularFile} looks at what lies there. */
    @Test
    void filesOfAModelAreOpenedOneWay() throws IOException {
        Pattern opening =
                Pattern.compile("\\bFiles\\.(new(Input|Output|Buffered|Byte)|read(All|String)|lines|copy|write)"
                        + "|FileChannel\\.open|File(In|Out)putStream|toFile\\(\\)");
        for (String folder : List.of("store", "network", "task", "train")) {
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
        for (Path source : sources(folder)) {
            if (pattern.matcher(Files.readString(source)).find()) {
                found.add(source);
            }
        }
        return found;
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> sources = Files.walk(folder)) {
            List<Path> files =
                    sources.filter(path -> path.toString().endsWith(".java")).toList();
            assertTrue(files.size() > 5, "only " + files.size() + " sources are in " + folder);
            return files;
        }
    }
}
