package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What the insides of a model are shown for. */
@FlagSection("Gates and states over a text")
final class GateFlags {
    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "Find the units that follow quotations, line ends, the position in the line and so on"
                    + " in this text. The longer it is, the more that means.")
    String text;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The same for a file's first 10,000 tokens; - is standard input.")
    String file;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page that shows the gates and states of some units for every character at"
                    + " the text's beginning as heat maps.")
    Path html;

    @Option(
            names = "--layer",
            paramLabel = "L",
            description = "Show units of this layer, counted from 0. Default: of all, or the last with --units.")
    Integer layer;

    @Option(
            names = "--units",
            split = ",",
            paramLabel = "N",
            description = "Show these units, counted from 0. Default: those that follow the text best.")
    List<Integer> units;

    boolean hasText() {
        return text != null || file != null;
    }

    /** Whether any of these flags is given. */
    boolean given() {
        return hasText() || html != null || layer != null || units != null;
    }
}
