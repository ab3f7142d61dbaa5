package lstmgpu.cli.flags;

import java.util.Arrays;
import java.util.List;
import lstmgpu.runs.SeriesColumns;
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

    public SeriesColumns choice() {
        return new SeriesColumns(
                time,
                target,
                series,
                known == null ? null : list(known),
                past == null ? null : list(past),
                decimalComma);
    }

    private static List<String> list(String names) {
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
