package lstmgpu.serve.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lstmgpu.cli.CommandRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that goes on in a process of its own, in a terminal in which somebody presses Ctrl-C. */
class ProcessRunTest {
    @TempDir
    Path folder;

    private Path stoppedRun() throws Exception {
        Path data = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat\n".repeat(100));
        Path run = folder.resolve("run");
        CommandRun.of(("train " + data + " -o " + run
                                + " --preset tiny --hidden-size 8 --embedding-size 4 --seq-length 8"
                                + " --batch-size 4 --max-steps 3 --save-every 1 --device cpu --threads 1"
                                + " --progress none")
                        .split(" "))
                .succeeds();
        Path told = run.resolve("run.json");
        String text = Files.readString(told).replaceFirst(",\\s*\"crc32c\" : [^,}]*(?=[,}])", "");
        Files.writeString(told, text.replace("\"completed\"", "\"stop_requested\""));
        return run;
    }

    /** Nobody asks it twice, since that would cost its checkpoint. */
    @Test
    void atTheEndOfTheServerItIsAskedOnce() throws Exception {
        Path run = stoppedRun();
        Process server = new ProcessBuilder(List.of(
                        "setsid", // a process group, as a terminal makes one for what is started in it
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResumingProgram.class.getName(),
                        run.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = server.inputReader()) {
            assertEquals("it goes on", out.readLine());
            new ProcessBuilder("kill", "-INT", "--", "-" + server.pid()).start().waitFor();
            assertTrue(server.waitFor(30, TimeUnit.SECONDS));
            assertEquals(List.of("TERM"), Files.readAllLines(run.resolve(ResumingProgram.SIGNALS)));
        } finally {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
    }
}
