package lstmgpu.cli.flags;

import java.util.Arrays;
import java.util.List;
import lstmgpu.task.forecast.Columns;
import picocli.CommandLine.Option;

/** Which columns of a table are what. */
@FlagSection("Columns")
public final class SeriesFlags {
    @Option(
            names = "--time",
            paramLabel = "COL",
            description =
                    "The column of times: dates, with a time of day or without, months, or whole numbers. Default:"
                            + " ds, or the first of two columns; otherwise rows follow each other.")
    String time;

    @Option(
            names = "--target",
            paramLabel = "COL",
            description = "The column of values to forecast. Default: y, or the last of two columns.")
    String target;

    @Option(
            names = "--series",
            paramLabel = "COL",
            description = "The column that names the series a row belongs to. Default: unique_id, otherwise there is"
                    + " one series.")
    String series;

    @Option(
            names = "--known",
            paramLabel = "COL,..",
            description = "Columns of covariates that are known ahead, such as prices that are planned.")
    String known;

    @Option(names = "--past", paramLabel = "COL,..", description = "Columns of covariates that are not known ahead.")
    String past;

    @Option(names = "--decimal-comma", description = "Decimals have commas, as in 1.234,5.")
    boolean decimalComma;

    /** What was asked for; the rest follows from the table. */
    public Columns columns() {
        return new Columns(time, target, series, list(known), list(past), decimalComma);
    }

    /** Exit code 2 for a column that the run which is resumed does not read so. */
    public void refuseOthers(Columns found, String owner) {
        CellFlags.refuse("--time", time, found.time(), owner);
        CellFlags.refuse("--target", target, found.target(), owner);
        CellFlags.refuse("--series", series, found.series(), owner);
        CellFlags.refuse("--known", known == null ? null : list(known), found.known(), owner);
        CellFlags.refuse("--past", past == null ? null : list(past), found.past(), owner);
        CellFlags.refuse("--decimal-comma", decimalComma ? true : null, found.decimalComma(), owner);
    }

    private static List<String> list(String names) {
        return names == null
                ? List.of()
                : Arrays.stream(names.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
    }
}
