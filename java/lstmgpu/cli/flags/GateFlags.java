package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What the insides of a model are shown for. */
@FlagSection("Gates and states over a text")
public final class GateFlags {
    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "Find the units that follow quotations, line ends, the position in the line and so on"
                    + " in this text. The longer it is, the more that means.")
    public String text;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The same for a file's first 10,000 tokens; - is standard input.")
    public String file;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page that shows the gates and states of some units for every character at"
                    + " the text's beginning as heat maps.")
    public Path html;

    @Option(
            names = "--layer",
            paramLabel = "L",
            description = "Show units of this layer, counted from 0. Default: of all, or the last with --units.")
    public Integer layer;

    @Option(
            names = "--units",
            split = ",",
            paramLabel = "N",
            description = "Show these units, counted from 0. Default: those that follow the text best.")
    public List<Integer> units;

    public boolean hasText() {
        return text != null || file != null;
    }

    /** Whether any of these flags is given. */
    public boolean given() {
        return hasText() || html != null || layer != null || units != null;
    }
}
