package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.ShellWord;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Seconds;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.CacheFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program in a minute. */
@Command(
        name = "demo",
        customSynopsis = "lstm-gpu demo [FLAGS]",
        description = "Trains a small model on this program's own sources in about a minute, then writes"
                + " some code with it.",
        footer = {"", "Example:", "  lstm-gpu demo"})
final class DemoCommand extends ProgramCommand {
    @Mixin
    DemoFlags flags;

    @Mixin
    DeviceFlags device;

    /** Where the demo puts its model, and how long it takes. */
    @FlagSection("Demo")
    static final class DemoFlags {
        @Option(
                names = {"-o", "--output"},
                defaultValue = "runs/demo",
                paramLabel = "DIR",
                description = "The folder of the model; an earlier one is replaced. Default:" + " ${DEFAULT-VALUE}.")
        Path output;

        @Option(
                names = "--max-time",
                defaultValue = "45s",
                paramLabel = "TIME",
                description = "Time to train. Default: ${DEFAULT-VALUE}.")
        Seconds time;
    }

    DemoCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        Path text = CacheFolder.of(console.environment()).resolve("demo").resolve("sources.txt");
        String sources = DemoText.read();
        write(text, sources);
        console.say("This program's own sources are the text: %s of Java in %s."
                .formatted(Count.of(sources.lines().count(), "line"), text));
        console.say("A network that has never seen a letter now learns to write such code.\n");
        int code = run(training(text));
        if (code != ExitCode.DONE.code()) {
            return code;
        }
        console.say("\nWhat it writes, character by character:\n");
        code = run(List.of(
                "generate",
                flags.output.toString(),
                "--prompt",
                "    /** ",
                "--echo",
                "-n",
                "600",
                "--temperature",
                "0.5"));
        if (code == ExitCode.DONE.code()) {
            console.say("""

                The model is in %1$s. Go on with:
                  lstm-gpu generate %1$s --prompt "public final class "
                  lstm-gpu inspect %1$s
                  lstm-gpu train your-text.txt -o runs/mine\
                """.formatted(flags.output));
        }
        return code;
    }

    private List<String> training(Path text) {
        return List.of(
                "train",
                text.toString(),
                "-o",
                flags.output.toString(),
                "--overwrite",
                "--preset",
                "tiny",
                "--max-time",
                flags.time.text(),
                "--eval-every",
                "200");
    }

    private int run(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--device", device.device, "--threads", String.valueOf(device.threads)));
        console.say("$ lstm-gpu "
                + String.join(" ", arguments.stream().map(ShellWord::of).toList()));
        return Program.run(console, Stream.of(all).flatMap(List::stream).toArray(String[]::new));
    }

    private static void write(Path file, String text) {
        CacheFolder.make(file.getParent());
        AtomicFiles.writeText(file, text);
    }
}
