package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lstmgpu.cli.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program in a process of its own, {@code curl}, and signals. */
@Execution(ExecutionMode.CONCURRENT)
class ServeProcessTest {
    @TempDir
    Path folder;

    private Process start(String... more) throws Exception {
        // A shell's background job ignores the signal of Ctrl-C, and so does all that it starts.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                ServedModels.text().toString(),
                "--port",
                "0",
                "--device",
                "cpu",
                "--threads",
                "1"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private static Process curl(String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sN", "--max-time", "60"));
        command.addAll(List.of(flags));
        return new ProcessBuilder(command).start();
    }

    private static String all(InputStream in) throws Exception {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsItInGoodOrder(String signal, int code) throws Exception {
        Process server = start("--grace", "1");
        try (BufferedReader out = server.inputReader()) {
            String address = out.readLine();
            Process client = curl(
                    address + "/v1/completions",
                    "-d",
                    "{\"prompt\":\"the\",\"max_tokens\":16384,\"n\":32,\"stream\":true}");
            InputStream answer = client.getInputStream();
            String first = new String(answer.readNBytes(100), StandardCharsets.UTF_8);
            assertTrue(first.startsWith("data: {"), first);
            new ProcessBuilder("kill", "-" + signal, Long.toString(server.pid()))
                    .start()
                    .waitFor();
            String rest = all(answer);
            assertTrue(rest.endsWith("data: [DONE]\n\n"), rest);
            assertEquals(32, rest.split("\"finish_reason\":\"length\"", -1).length - 1);
            assertTrue(server.waitFor(30, TimeUnit.SECONDS));
            assertEquals(code, server.exitValue());
            assertTrue(Files.readString(folder.resolve("err")).contains("stopping when"));
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void everyRequestIsToldWhereMoreIsToBeSaid() throws Exception {
        Process server = start("--verbose");
        try (BufferedReader out = server.inputReader()) {
            String address = out.readLine();
            String answer = all(curl(address + "/v1/completions", "-d", "{\"prompt\":\"the\",\"max_tokens\":3}")
                    .getInputStream());
            assertTrue(answer.startsWith("{\"id\":\"cmpl-"), answer);
            curl(address + "/%0Ax").waitFor();
            server.destroy();
            assertTrue(server.waitFor(30, TimeUnit.SECONDS));
            String told = Files.readString(folder.resolve("err"));
            assertTrue(told.contains("POST /v1/completions 200 "), told);
            assertTrue(told.lines().noneMatch(line -> line.startsWith("x")), told);
        } finally {
            server.destroyForcibly();
        }
    }
}
