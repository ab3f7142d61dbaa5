package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import lstmgpu.TestText;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in docs/examples as they stand there: compiled, and run. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("docs", "examples");
    private static final int MOST_LINES = 30;

    @TempDir
    static Path folder;

    private static Path text;

    private static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    @BeforeAll
    static void compile() throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options = List.of(
                    "-Xlint:all,-path,-classfile",
                    "-Werror",
                    "-proc:none",
                    "-d",
                    folder.toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            boolean done = compiler.getTask(
                            said, files, null, options, null, files.getJavaFileObjectsFromPaths(examples()))
                    .call();
            assertTrue(done, said.toString());
        }
        text = Files.writeString(folder.resolve("text.txt"), TestText.sentences(200));
    }

    private static String run(String name, String... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            var main = loader.loadClass("example." + name).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void textsAreTrainedWrittenAndScored() throws Exception {
        String model = folder.resolve("book").toString();
        String trained = run("Train", text.toString(), model);
        assertTrue(trained.contains("nats per token") && trained.contains("weights learnt on"), trained);
        String written = run("Sample", model, "The old");
        List<String> parts = List.of(written.split("\n--- (one way|another):\n"));
        assertEquals(3, parts.size(), written);
        assertTrue(!parts.get(1).equals(parts.get(2)), written);
        assertEquals(written, run("Sample", model, "The old"), "with a seed");
        String scored = run("Score", model, text.toString());
        assertTrue(scored.startsWith("{perplexity="), scored);
        assertEquals(6, scored.lines().count(), scored);
    }

    @Test
    void seriesAreForecast() throws Exception {
        String forecast = run("Predict", folder.resolve("months").toString());
        assertEquals(12, forecast.lines().count(), forecast);
        assertTrue(forecast.startsWith("2025-01  "), forecast);
    }

    @Test
    void classesAreTold() throws Exception {
        String told = run("Classify", folder.resolve("words").toString());
        assertTrue(told.startsWith("good\n") && told.contains("accuracy=1.0"), told);
    }

    @Test
    void theyAreShortAndAllAreRunHere() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path example : examples()) {
            names.add(example.getFileName().toString());
            assertTrue(Files.readAllLines(example).size() <= MOST_LINES, example.toString());
        }
        assertEquals(List.of("Classify.java", "Predict.java", "Sample.java", "Score.java", "Train.java"), names);
    }

    @Test
    void theReadmeShowsTheFirstTwo() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (String name : List.of("Train.java", "Sample.java")) {
            String block = "```java\n" + Files.readString(EXAMPLES.resolve(name)) + "```\n";
            assertTrue(readme.contains(block), name + " stands in README.md as it is in docs/examples");
        }
    }
}
