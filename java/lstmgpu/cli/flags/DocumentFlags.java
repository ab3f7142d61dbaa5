package lstmgpu.cli.flags;

import lstmgpu.runs.ClassRun;
import picocli.CommandLine.Option;

/** Where texts and labels stand. */
@FlagSection("Data")
public final class DocumentFlags {
    @Option(
            names = "--text-column",
            paramLabel = "NAME",
            description = "The column of CSV or the field of JSON Lines that has the text. Default: text, and for a"
                    + " model the one that it was trained on.")
    String text;

    @Option(
            names = "--label-column",
            paramLabel = "NAME",
            description = "The one that has the label. Default: label, or as above.")
    String label;

    public ClassRun.Where where() {
        return new ClassRun.Where(text, label);
    }
}
