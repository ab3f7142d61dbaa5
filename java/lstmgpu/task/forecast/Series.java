package lstmgpu.task.forecast;

import java.util.Arrays;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Row;

/**
 * One series, a step after the other without gaps.
 *
 * @param name of the series, empty where there is one without a name
 * @param first the row of its first step, for messages; null of a series that no table holds
 * @param times of the steps, rising
 * @param rows where each step stands; null where it has no row
 * @param values of the steps; NaN where one is missing
 * @param known [K][steps], finite
 * @param past [P][steps], finite
 * @param length steps up to the last value; behind it only covariates are known
 */
public record Series(
        String name,
        Row first,
        long[] times,
        Row[] rows,
        double[] values,
        double[][] known,
        double[][] past,
        int length) {
    /** "series 'a' (file.csv, line 2)". */
    public String title() {
        String title = name.isEmpty() ? "the series" : "series '" + name + "'";
        return first == null ? title : "%s (%s)".formatted(title, first.place());
    }

    /** Where a step stands: "file.csv, line 12". */
    public String place(int step) {
        return rows[step] == null ? title() : rows[step].place();
    }

    /**
     * @throws LstmGpuException with exit code 3 if covariates that are known ahead end before so many steps behind the
     *     last value
     */
    public void requireKnown(int horizon) {
        if (known.length > 0 && known[0].length < length + horizon) {
            throw LstmGpuException.data(
                    "%s ends %,d steps behind its last value, and what is known ahead (--known) is needed for %,d; add"
                            + " rows with an empty target",
                    title(), known[0].length - length, horizon);
        }
    }

    /** Its first steps only. */
    public Series first(int steps) {
        return new Series(name, first, times, rows, values, known, past, Math.min(steps, length));
    }

    /** The values of its first steps. */
    public double[] firstValues(int steps) {
        return Arrays.copyOf(values, steps);
    }
}
