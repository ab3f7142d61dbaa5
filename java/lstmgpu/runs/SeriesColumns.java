package lstmgpu.runs;

import java.util.List;
import lstmgpu.task.forecast.Columns;

/**
 * Which columns of a table somebody says are what; null where nothing is said.
 *
 * @param known of covariates that are known ahead
 * @param past of covariates that are not
 */
public record SeriesColumns(
        String time, String target, String series, List<String> known, List<String> past, boolean decimalComma) {
    Columns columns() {
        return new Columns(time, target, series, orNone(known), orNone(past), decimalComma);
    }

    /** Exit code 2 for a column that the run which is resumed does not read so. */
    void refuseOthers(Columns found, String owner) {
        StackChoice.refuse("--time", time, found.time(), owner);
        StackChoice.refuse("--target", target, found.target(), owner);
        StackChoice.refuse("--series", series, found.series(), owner);
        StackChoice.refuse("--known", known, found.known(), owner);
        StackChoice.refuse("--past", past, found.past(), owner);
        StackChoice.refuse("--decimal-comma", decimalComma ? true : null, found.decimalComma(), owner);
    }

    private static List<String> orNone(List<String> names) {
        return names == null ? List.of() : names;
    }
}
