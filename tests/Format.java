import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Formats all Java sources of the project, or checks that they are formatted. Started by the build.
 */
public final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean write = args[0].equals("write");
        List<Path> unformatted = sources()
                .parallel()
                .filter(source -> differs(source, write))
                .sorted()
                .toList();
        if (!write && !unformatted.isEmpty()) {
            unformatted.forEach(source -> System.err.println("not formatted: " + source));
            System.err.println("Run tests/format.");
            System.exit(1);
        }
    }

    private static Stream<Path> sources() throws IOException {
        return Stream.concat(Files.walk(Path.of("java")), Files.walk(Path.of("tests")))
                .filter(path -> path.toString().endsWith(".java"));
    }

    private static boolean differs(Path source, boolean write) {
        try {
            String before = Files.readString(source);
            String after = FORMATTER.formatSourceAndFixImports(before);
            if (write && !after.equals(before)) {
                Files.writeString(source, after);
            }
            return !after.equals(before);
        } catch (FormatterException | IOException failure) {
            throw new IllegalStateException(source + ": " + failure.getMessage(), failure);
        }
    }
}
