package lstmgpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import lstmgpu.cli.Main;

/** The program in a process of its own: its exit code and both outputs. */
public record ProgramRun(int code, String out, String err) {
    private static final long SECONDS = 120;

    /** @param environment added to this process's, or in its place */
    public static ProgramRun with(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return of(environment, program(arguments));
    }

    /**
     * On a pseudo-terminal, whose text is the output.
     *
     * @param shell starts the program, which is {@code "$@"}, and may redirect its streams
     */
    public static ProgramRun onATerminal(String shell, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "python3",
                "-c",
                "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
                "sh",
                "-c",
                shell,
                "sh"));
        command.addAll(program(arguments));
        return of(Map.of("LC_ALL", "C.UTF-8", "TERM", "xterm"), command);
    }

    private static List<String> program(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static ProgramRun of(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("lstm-gpu", ".out");
        Path err = Files.createTempFile("lstm-gpu", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + SECONDS + " seconds: " + Files.readString(err));
            }
            return new ProgramRun(process.exitValue(), text(out), text(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    public ProgramRun succeeds() {
        assertEquals(0, code, err);
        return this;
    }

    /** Ends with the code and says all these words, without a stack trace. */
    public ProgramRun fails(int expected, String... words) {
        assertEquals(expected, code, err);
        for (String word : words) {
            assertTrue(err.contains(word), () -> "'%s' is not in: %s".formatted(word, err));
        }
        assertFalse(err.contains("\tat "), err);
        return this;
    }
}
