package lstmgpu.cli.flags;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A model's states as numbers. */
@FlagSection("Gates and states over a text")
public final class StateFlags {
    @Option(
            names = "--states",
            paramLabel = "FILE",
            description = "Write the hidden states h after every token of the text as a NumPy array (.npy) of float32"
                    + " [tokens, layers, units], read from a zero state.")
    public Path file;
}
