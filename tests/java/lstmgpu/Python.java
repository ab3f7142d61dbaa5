package lstmgpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Python that has the packages with which this program is compared. */
public final class Python {
    private static final Path PEERS = Path.of("target/peers/bin/python").toAbsolutePath();

    private Python() {}

    /**
     * How a script ended.
     *
     * @param exitCode −1 where there is no Python
     * @param text what it printed, or why there is no Python
     */
    public record Output(int exitCode, String text) {}

    /** Runs a script in a folder: with the environment that {@code tests/run} makes, where there is one. */
    public static Output run(Path folder, String script, String... arguments) throws InterruptedException {
        String command = Files.isExecutable(PEERS) ? PEERS.toString() : "python3";
        List<String> words = new ArrayList<>(List.of(command, "-c", script));
        words.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException noPython) {
            return new Output(-1, noPython.getMessage());
        }
    }
}
