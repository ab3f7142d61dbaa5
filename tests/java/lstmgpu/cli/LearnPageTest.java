package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of docs/learn.md does what the page says, one after the other, at toy size. */
class LearnPageTest {
    private static final Path PAGE = Path.of("docs/learn.md");
    private static final Pattern PICTURE = Pattern.compile("]\\((pictures/[^)]+)\\)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    private static final Pattern FILE = Pattern.compile("runs/\\S+|\\S+\\.(txt|csv|html|svg)");

    /** What makes a command of the page small; the last value of a flag counts. */
    private static final Map<String, List<String>> SMALLER = Map.of(
            "train", List.of("--max-steps", "4", "--eval-every", "2", "--hidden-size", "8", "--batch-size", "4"),
            "generate", List.of("-n", "20"),
            "inspect", List.of(),
            "memory", List.of("--lengths", "5", "--max-steps", "2", "--cells", "gru"));

    @TempDir
    Path folder;

    private static List<String> commands() throws IOException {
        // A long command goes on in a second line.
        return Files.readString(PAGE)
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .filter(line -> line.startsWith("./lstm-gpu "))
                .toList();
    }

    @Test
    void everyCommandRuns() throws IOException {
        Path text = TinyModel.text(folder);
        Files.writeString(text, "ROMEO:\n", StandardOpenOption.APPEND); // the page's prompt
        Files.copy(text, folder.resolve("shakespeare.txt"));
        Files.copy(text, folder.resolve("scene.txt"));
        List<String> commands = commands();
        assertTrue(commands.size() > 20, () -> commands.size() + " commands");
        for (String command : commands) {
            CommandRun run = CommandRun.of(arguments(command).toArray(String[]::new));
            assertEquals(0, run.code(), () -> command + "\n" + run.err());
            for (String word : words(command)) {
                if (word.matches(".*\\.(html|svg)")) {
                    assertTrue(Files.size(folder.resolve(word)) > 0, command);
                }
            }
        }
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command.substring("./lstm-gpu ".length()));
        while (matcher.find()) {
            words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return words;
    }

    private List<String> arguments(String command) throws IOException {
        List<String> words = words(command);
        List<String> arguments = new ArrayList<>();
        for (String word : words) {
            if (!FILE.matcher(word).matches()) {
                arguments.add(word);
            } else if (word.endsWith("*")) {
                try (DirectoryStream<Path> runs =
                        Files.newDirectoryStream(folder.resolve("runs"), word.substring("runs/".length()))) {
                    runs.forEach(run -> arguments.add(run.toString()));
                }
            } else {
                arguments.add(folder.resolve(word).toString());
            }
        }
        arguments.addAll(SMALLER.getOrDefault(words.getFirst(), List.of()));
        if (!words.contains("--dry-run") && words.getFirst().equals("train")) {
            arguments.addAll(List.of("--progress", "none"));
        }
        return arguments;
    }

    @Test
    void everyPictureIsThere() throws IOException {
        Matcher pictures = PICTURE.matcher(Files.readString(PAGE));
        int count = 0;
        while (pictures.find()) {
            assertTrue(Files.exists(PAGE.resolveSibling(pictures.group(1))), pictures.group(1));
            count++;
        }
        assertTrue(count > 6, count + " pictures");
    }
}
