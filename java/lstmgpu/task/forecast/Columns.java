package lstmgpu.task.forecast;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Table;

/**
 * Which columns of a table are what.
 *
 * @param time of the times; null where rows have none and follow each other at equal steps
 * @param target of the values that are forecast
 * @param series of the names of series; null where there is one
 * @param known of covariates that are known ahead
 * @param past of covariates that are not
 * @param decimalComma whether decimals have commas
 */
public record Columns(
        String time, String target, String series, List<String> known, List<String> past, boolean decimalComma) {
    private static final String LONG_SERIES = "unique_id";
    private static final String LONG_TIME = "ds";
    private static final String LONG_TARGET = "y";

    public Columns {
        known = List.copyOf(known);
        past = List.copyOf(past);
    }

    /**
     * These, with what was left out taken from the table: the long form of neuralforecast, {@code unique_id, ds, y},
     * or, in a table of two columns, a time and a target.
     *
     * @throws LstmGpuException with exit code 2 if the target is not clear, 3 if a column is not there
     */
    public Columns in(Table table) {
        boolean isLong = table.has(LONG_TIME) && table.has(LONG_TARGET);
        String own = target;
        if (own == null) {
            if (!isLong && table.columns().size() > 2) {
                throw LstmGpuException.usage(
                        "%s has the columns %s; name the one to forecast with --target",
                        table.files().getFirst(), String.join(", ", table.columns()));
            }
            own = isLong ? LONG_TARGET : table.columns().getLast();
        }
        String when = time;
        if (when == null) {
            boolean pair =
                    table.columns().size() == 2 && !table.columns().getFirst().equals(own);
            when = isLong ? LONG_TIME : pair ? table.columns().getFirst() : null;
        }
        String which = series == null && isLong && table.has(LONG_SERIES) ? LONG_SERIES : series;
        Columns complete = new Columns(when, own, which, known, past, decimalComma);
        complete.check(table);
        return complete;
    }

    /** @throws LstmGpuException with exit code 3 if a column that a model reads is not there */
    public void requireIn(Table table) {
        flags().keySet().forEach(column -> table.column(column, "the model"));
    }

    /** @throws LstmGpuException with exit code 3 if a column is not there, 2 if one is to be two things */
    void check(Table table) {
        flags().forEach(table::column);
    }

    /** The flag of each column, in the order of messages. */
    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        add(flags, target, "--target");
        if (time != null) {
            add(flags, time, "--time");
        }
        if (series != null) {
            add(flags, series, "--series");
        }
        known.forEach(column -> add(flags, column, "--known"));
        past.forEach(column -> add(flags, column, "--past"));
        return flags;
    }

    private static void add(Map<String, String> flags, String column, String flag) {
        String other = flags.put(column, flag);
        if (other != null) {
            throw LstmGpuException.usage(
                    "column '%s' cannot be two things, %s and %s; name another column for one of them",
                    column, other, flag);
        }
    }
}
