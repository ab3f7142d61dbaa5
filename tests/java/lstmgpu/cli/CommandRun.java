package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ResultStream;
import lstmgpu.models.Tasks;
import lstmgpu.task.TaskKind;

/** A command as a person would run it, in this process: its exit code and both outputs. */
public record CommandRun(int code, String out, String err) {
    public static CommandRun of(String... arguments) {
        return with(Map.of(), "", arguments);
    }

    /** Of a program that knows one more task. */
    public static CommandRun knowing(TaskKind task, String... arguments) {
        return run(Tasks.ALL.with(task), Map.of(), "", arguments);
    }

    static CommandRun with(Map<String, String> environment, String input, String... arguments) {
        return run(Tasks.ALL, environment, input, arguments);
    }

    private static CommandRun run(Tasks tasks, Map<String, String> environment, String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> variables = new HashMap<>(environment);
        variables.putIfAbsent("LSTM_GPU_CACHE", System.getProperty("java.io.tmpdir") + "/lstm-gpu-test-cache");
        Console console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new ResultStream(out, false),
                new ResultStream(err, false),
                variables,
                false);
        int code = Program.run(console, tasks, arguments);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /**
     * Checks the exit code and that the one sentence on standard error has all these words, and no
     * stack trace.
     */
    public CommandRun refuses(int expected, String... words) {
        assertEquals(expected, code, err);
        assertEquals("", out);
        for (String word : words) {
            assertTrue(err.contains(word), () -> "'%s' is not in: %s".formatted(word, err));
        }
        assertFalse(err.contains("\tat "), err);
        assertFalse(err.contains("Exception"), err);
        assertEquals(1, err.lines().count(), err);
        return this;
    }

    public CommandRun succeeds() {
        assertEquals(0, code, err);
        return this;
    }
}
