package lstmgpu.cli.flags;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the text is drawn from. */
@FlagSection("Text")
public final class PromptFlags {
    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "The text to continue. Default: the beginning of a line.")
    public String prompt;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A file with the text to continue; - is standard input.")
    public String file;

    @Option(
            names = "--no-prime",
            description = "Read the text to continue alone. Default: behind a line end, as the beginning of a line,"
                    + " which a network that starts from nothing needs.")
    public boolean noPrime;

    @Option(
            names = {"-n", "--length", "--max-tokens"},
            paramLabel = "N",
            description = "Tokens to write. Default: 500.")
    public Integer length;

    @Option(
            names = "--num-samples",
            defaultValue = "1",
            paramLabel = "N",
            description = "Texts to write side by side. Default: ${DEFAULT-VALUE}.")
    public int samples;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be given several times.")
    public List<String> stop = new ArrayList<>();
}
