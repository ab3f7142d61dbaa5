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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the pages for people who work on the program say: every file they name is there, and what they list is the
 * whole.
 */
class ContributingTest {
    private static final Path PAGE = Path.of("CONTRIBUTING.md");
    private static final Path KERNELS = Path.of("kernels");
    private static final List<String> FOLDERS = List.of("kernels", "java", "tests", "docs");
    private static final Pattern QUOTED = Pattern.compile("`([^`\\s]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONTRIBUTING.md",
                "docs/adding-a-kernel.md",
                "docs/design.md",
                "docs/glossary.md",
                "kernels/README.md"
            })
    void whatAPageNamesIsThere(String name) throws IOException {
        Path page = Path.of(name);
        String text = Files.readString(page);
        List<String> missing = new ArrayList<>();
        for (String path : paths(text)) {
            if (!path.contains("NAME") && !Files.exists(Path.of(path))) {
                missing.add(path);
            }
        }
        Matcher links = LINK.matcher(text);
        while (links.find()) {
            if (!Files.exists(page.resolveSibling(links.group(1)))) {
                missing.add(links.group(1));
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void aKernelsFilesAreListed() throws IOException {
        Set<String> found = naming("squared_error|(?i:squaredError)");
        found.remove("tests/java/lstmgpu/backend/opencl/SignalHandlers.java"); // compiles it as an example
        requireListed("Add a kernel", found, "(?i)squared_?error");
        requireListed("Add a kernel", "reset_sequences|(?i:resetSequences)", "(?i)reset_?sequences");
    }

    @Test
    void aHeadsFilesAreListed() throws IOException {
        Set<String> found = naming("SequenceClass|SEQUENCE_CLASS|sequence-class");
        // They use it, or take it as an example.
        found.removeIf(path -> path.matches("(tests/)?java/lstmgpu/(task|gaps|runs|cli)/.*"));
        found.remove("tests/java/lstmgpu/store/Garbage.java");
        found.remove("tests/java/lstmgpu/network/SequenceFeedTest.java");
        requireListed("Add a head", found, "SequenceClass");
    }

    /** In tests of Java a cell is an example, or a fault is planted in it. */
    @Test
    void aCellsFilesAreListed() throws IOException {
        Set<String> found = naming("\\b(?i:gru)\\b|Gru|gru_|GRU_");
        found.removeIf(path -> path.startsWith("tests/java/"));
        // Examples: of a command line, of measurements, of what is compared, of names.
        found.removeAll(List.of("java/lstmgpu/cli/CompletionCommand.java", "docs/benchmarks.md", "docs/glossary.md"));
        found.removeAll(List.of("tests/fast", "tests/same-bits"));
        requireListed("Add a cell", found, "Gru|gru");
    }

    @Test
    void aTasksFilesAreListed() throws IOException {
        requireListed("Add a task", "\\bSineTask\\b", "Sine(?=TaskTest)|(?<=task/)SineTask(?!Test)");
        Set<String> found = naming("\\bLanguageModelling\\b");
        found.removeIf(path -> path.startsWith("tests/java/"));
        requireListed("Add a task", found, "LanguageModelling");
    }

    @Test
    void aCommandsFilesAreListed() throws IOException {
        requireListed("Add a command", "CompareCommand|\"compare\"|`compare ", "Compare");
    }

    @Test
    void everyKernelHasALineInTheTableOfTests() throws IOException {
        String table = Files.readString(KERNELS.resolve("README.md"));
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("tests", "java"))) {
            tests = files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
        Set<String> rows = new TreeSet<>();
        for (String line : table.lines().filter(line -> line.startsWith("| `")).toList()) {
            rows.add(line.split("`")[1]);
            for (String name : quoted(line, "[A-Z]\\w+(Test|Cases)")) {
                assertTrue(tests.contains(name + ".java"), name);
            }
            if (!line.contains("`cuda/")) {
                assertTrue(line.contains("`tests/kernels/" + line.split("`")[1].replace(".cu", ".cpp`")), line);
            }
        }
        Set<String> kernels = new TreeSet<>();
        try (Stream<Path> files = Files.walk(KERNELS)) {
            files.map(file -> KERNELS.relativize(file).toString())
                    .filter(file -> file.endsWith(".cu"))
                    .forEach(kernels::add);
        }
        assertTrue(kernels.size() > 10, kernels.toString());
        assertEquals(kernels, rows);
    }

    /** The slow tests that {@code tests/fast} leaves out are those of now. */
    @Test
    void slowTestsExist() throws IOException {
        for (String line : Files.readAllLines(Path.of("tests", "slow"))) {
            assertTrue(
                    line.startsWith("#") || Files.exists(Path.of("tests/java/" + line.replace('.', '/') + ".java")),
                    line);
        }
    }

    private static void requireListed(String job, String pattern, String name) throws IOException {
        requireListed(job, naming(pattern), name);
    }

    /**
     * @param found files that name what was added last
     * @param name what in their paths stands where the page says NAME
     */
    private static void requireListed(String job, Set<String> found, String name) throws IOException {
        String page = Files.readString(PAGE);
        String part = page.substring(page.indexOf("### " + job)).split("\n##", 3)[0];
        Set<String> listed = paths(part);
        assertTrue(found.size() > 2, found.toString());
        assertEquals(
                List.of(),
                found.stream()
                        .filter(path -> !listed.contains(path)
                                && !listed.contains(path.replaceAll(name, "NAME"))
                                && !path.equals("docs/adding-a-kernel.md"))
                        .toList(),
                "files that name it and are not in the list of " + job);
    }

    /** Paths of files below {@link #FOLDERS} that have a text, outside comments; with those of this test left out. */
    private static Set<String> naming(String text) throws IOException {
        Pattern pattern = Pattern.compile(text);
        Set<String> found = new TreeSet<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(ContributingTest::isText).toList()) {
                    String content = Files.readString(file);
                    if (file.toString().matches(".*\\.(java|cu|h|cpp)")) {
                        content = COMMENT.matcher(content).replaceAll("");
                    }
                    if (pattern.matcher(content).find()) {
                        found.add(file.toString());
                    }
                }
            }
        }
        return found;
    }

    private static boolean isText(Path file) {
        return Files.isRegularFile(file)
                && !file.toString().matches(".*\\.(png|pyc|safetensors|bin)|.*/tokenizers/.*")
                && !file.endsWith("ContributingTest.java")
                && !file.getFileName().toString().startsWith("CaseWords");
    }

    /** What a text quotes that looks like the path of a file. */
    private static Set<String> paths(String text) {
        return quoted(text, "(java|kernels|tests|docs|native|\\.ci)/[\\w./-]+|pom\\.xml|README\\.md|CMakeLists\\.txt");
    }

    private static Set<String> quoted(String text, String form) {
        return QUOTED.matcher(text)
                .results()
                .map(found -> found.group(1))
                .filter(word -> word.matches(form))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
