package lstmgpu;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A class's main method in a JVM of its own, for what a process can do once only, such as loading a driver. */
public record ChildProcess(int code, String out, String err) {
    private static final long SECONDS = 120;

    /** Variables that decide what is found; the child has none but those given. */
    private static final List<String> INHERITED = List.of(
            "LSTM_GPU_CUDA",
            "LSTM_GPU_KERNELS",
            "CUDA_HOME",
            "CUDA_PATH",
            "LD_LIBRARY_PATH",
            "VIRTUAL_ENV",
            "CONDA_PREFIX");

    public static ChildProcess of(Map<String, String> environment, String main, String... arguments) {
        return of(List.of(), environment, main, arguments);
    }

    /** @param classPath what comes after this process's own */
    public static ChildProcess of(
            List<Path> classPath, Map<String, String> environment, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // Coverage is counted in the child too.
            if (argument.startsWith("-javaagent")) {
                command.add(argument);
            }
        }
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        StringBuilder classes = new StringBuilder(System.getProperty("java.class.path"));
        classPath.forEach(path -> classes.append(File.pathSeparatorChar).append(path));
        command.addAll(List.of("-cp", classes.toString(), main));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile("lstm-gpu", ".out");
            Path err = Files.createTempFile("lstm-gpu", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            INHERITED.forEach(builder.environment()::remove);
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end after %d seconds: %s".formatted(SECONDS, command));
            }
            ChildProcess result = new ChildProcess(process.exitValue(), read(out), read(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
