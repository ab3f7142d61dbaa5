package lstmgpu.serve.runs;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.forecast.ForecastTask;

/**
 * This program, started once more to go on with a run: by the same JVM, with the same options and classes.
 *
 * @param main the class that is started
 * @param device and threads as they were given to this process
 */
public record TrainingProgram(String main, String device, int threads) {
    private static final int TERMINATED = 143;

    /**
     * A terminal sends Ctrl-C to all that run in it. The server that ends then asks the program to stop, and being
     * asked twice it would stop at once, without its checkpoint. A signal that is ignored at the start stays ignored.
     */
    private static final List<String> WITHOUT_INTERRUPT = List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\"");

    /** The exit code of one that was asked to stop and has. */
    int stopped() {
        return TERMINATED;
    }

    Process resume(String task, Path folder) throws IOException {
        List<String> command = new ArrayList<>(WITHOUT_INTERRUPT);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String module = System.getProperty("jdk.module.main");
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            command.addAll(List.of("--module-path", modules));
        }
        if (module == null) {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        } else {
            command.addAll(List.of("-m", module + "/" + main));
        }
        command.addAll(words(task));
        command.addAll(List.of("--resume", "-o", folder.toAbsolutePath().toString()));
        command.addAll(List.of("--device", device, "--threads", Integer.toString(threads), "--progress", "none"));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return process;
    }

    private static List<String> words(String task) throws IOException {
        return switch (task) {
            case LanguageModelling.NAME -> List.of("train");
            case Classification.NAME -> List.of("classify", "train");
            case ForecastTask.NAME -> List.of("forecast", "train");
            default -> throw new IOException("no command trains '%s'".formatted(task));
        };
    }
}
