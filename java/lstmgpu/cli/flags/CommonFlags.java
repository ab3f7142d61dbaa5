package lstmgpu.cli.flags;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Flags that every command has. */
@FlagSection("Other")
public final class CommonFlags {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A JSON object with flags, such as {\"hidden-size\": 256}. Flags on the command"
                    + " line come first.")
    Path config;

    @Option(names = "--verbose", description = "Say more, and show where an error came from.")
    public boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
