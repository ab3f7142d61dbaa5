package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Decimals;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.Table;
import lstmgpu.data.table.TimeFormat;

/**
 * The series of a table.
 *
 * @param columns what was read
 * @param format in which times are written
 * @param frequency of all series
 * @param series in the order in which they begin in the table
 * @param filled steps between rows for which there is no row
 */
public record SeriesTable(Columns columns, TimeFormat format, Frequency frequency, List<Series> series, long filled) {
    /** Rows of one series as they were read. */
    private static final class Rows {
        private final String name;
        private final Row first;
        private final List<Row> places = new ArrayList<>();
        private final List<String> times = new ArrayList<>();
        private final List<double[]> numbers = new ArrayList<>();
        private long[] moments;

        Rows(String name, Row first) {
            this.name = name;
            this.first = first;
        }
    }

    /**
     * Reads all rows.
     *
     * @param columns complete, as {@link Columns#in} makes them
     * @param known how times are written in the data that a model was trained on; null to find it
     * @param steps the frequency of those data; null to find it
     * @throws LstmGpuException with exit code 3, naming file and line, if a cell is no number or no time, or the times
     *     of a series do not rise
     */
    public static SeriesTable read(Table table, Columns columns, TimeFormat known, Frequency steps) {
        Map<String, Rows> groups = groups(table, columns);
        TimeFormat found = columns.time() == null ? TimeFormat.NUMBER : known;
        TimeFormat format = found == null ? format(groups.values(), columns) : found;
        for (Rows rows : groups.values()) {
            rows.moments = moments(rows, format, columns);
            requireRising(rows, columns);
        }
        Frequency frequency = steps == null ? frequency(groups.values(), format) : steps;
        SeriesGrid grid = new SeriesGrid(columns, frequency);
        List<Series> series = new ArrayList<>();
        for (Rows rows : groups.values()) {
            series.add(grid.place(rows.name, rows.first, rows.moments, rows.places, rows.numbers));
        }
        return new SeriesTable(columns, format, frequency, List.copyOf(series), grid.filled());
    }

    private static Map<String, Rows> groups(Table table, Columns columns) {
        Map<String, Rows> groups = new LinkedHashMap<>();
        int time = columns.time() == null ? -1 : table.column(columns.time(), "--time");
        int name = columns.series() == null ? -1 : table.column(columns.series(), "--series");
        List<String> names = SeriesGrid.numbers(columns);
        int[] places = names.stream()
                .mapToInt(column -> table.column(column, "--target"))
                .toArray();
        Decimals decimals = new Decimals(columns.decimalComma());
        table.forEach(row -> {
            String own = name < 0 ? "" : row.cells().get(name);
            Rows rows = groups.computeIfAbsent(own, key -> new Rows(key, row));
            double[] numbers = new double[places.length];
            for (int i = 0; i < places.length; i++) {
                numbers[i] = decimals.read(row, places[i], names.get(i));
            }
            rows.places.add(new Row(row.file(), row.line(), List.of()));
            rows.times.add(
                    time < 0
                            ? Long.toString(rows.times.size() + 1)
                            : row.cells().get(time));
            rows.numbers.add(numbers);
        });
        if (groups.isEmpty()) {
            throw LstmGpuException.data(
                    "%s has no rows below its first line", table.files().getFirst());
        }
        return groups;
    }

    /** The way in which every time is written; where several fit, the first in which times rise at regular steps. */
    private static TimeFormat format(Collection<Rows> groups, Columns columns) {
        List<TimeFormat> fitting = new ArrayList<>(TimeFormat.all());
        for (Rows rows : groups) {
            for (int i = 0; i < rows.times.size(); i++) {
                String text = rows.times.get(i);
                List<TimeFormat> left =
                        fitting.stream().filter(format -> format.reads(text)).toList();
                if (left.isEmpty()) {
                    throw unreadable(rows, i, fitting, columns);
                }
                if (left.size() < fitting.size()) {
                    fitting = new ArrayList<>(left);
                }
            }
        }
        List<TimeFormat> rising = fitting.stream()
                .filter(format -> groups.stream().allMatch(rows -> rises(rows, format)))
                .toList();
        if (rising.size() < 2) {
            return rising.isEmpty() ? fitting.getFirst() : rising.getFirst();
        }
        return rising.stream()
                .filter(format -> isRegular(groups, format, columns))
                .findFirst()
                .orElse(rising.getFirst());
    }

    private static boolean isRegular(Collection<Rows> groups, TimeFormat format, Columns columns) {
        groups.forEach(rows -> rows.moments = moments(rows, format, columns));
        return frequency(groups, format).isRegular();
    }

    private static LstmGpuException unreadable(Rows rows, int i, List<TimeFormat> fitting, Columns columns) {
        boolean first = fitting.size() == TimeFormat.all().size();
        return LstmGpuException.data(
                "%s: '%s' in column '%s' is no time %s",
                at(rows, i),
                rows.times.get(i),
                columns.time(),
                first
                        ? "in a form that is known; write it like 2026-11-28, 2026-11 or 2026-11-28 18:00:00, or as a"
                                + " whole number"
                        : "in the form of those before, " + fitting.getFirst().pattern());
    }

    private static boolean rises(Rows rows, TimeFormat format) {
        long before = Long.MIN_VALUE;
        for (String text : rows.times) {
            long time = format.parse(text);
            if (time <= before) {
                return false;
            }
            before = time;
        }
        return true;
    }

    private static long[] moments(Rows rows, TimeFormat format, Columns columns) {
        long[] moments = new long[rows.times.size()];
        for (int i = 0; i < moments.length; i++) {
            Long time = format.parse(rows.times.get(i));
            if (time == null) {
                throw rows.places
                        .get(i)
                        .unfit(
                                "'%s' in column '%s' is no time in the form of the data that the model was trained"
                                        + " on, %s; write it so",
                                rows.times.get(i), columns.time(), format);
            }
            moments[i] = time;
        }
        return moments;
    }

    private static void requireRising(Rows rows, Columns columns) {
        for (int i = 1; i < rows.moments.length; i++) {
            if (rows.moments[i] == rows.moments[i - 1]) {
                throw LstmGpuException.data(
                        "%s: the time '%s' is that of %s too; give every step one row%s",
                        at(rows, i),
                        rows.times.get(i),
                        rows.places.get(i - 1).beside(rows.places.get(i)),
                        columns.series() == null ? ", and where there are several series name them by --series" : "");
            }
            if (rows.moments[i] < rows.moments[i - 1]) {
                throw LstmGpuException.data(
                        "%s: the time '%s' is before that of %s, '%s'; sort the rows%s by time",
                        at(rows, i),
                        rows.times.get(i),
                        rows.places.get(i - 1).beside(rows.places.get(i)),
                        rows.times.get(i - 1),
                        columns.series() == null ? "" : " of each series");
            }
        }
    }

    private static String at(Rows rows, int i) {
        return rows.places.get(i).place();
    }

    /** That of the longest series. */
    private static Frequency frequency(Collection<Rows> groups, TimeFormat format) {
        long[] longest = groups.stream()
                .map(rows -> rows.moments)
                .max(Comparator.comparingInt(moments -> moments.length))
                .orElseThrow();
        Frequency frequency = Frequency.of(longest, format);
        boolean fits = groups.stream().allMatch(rows -> frequency.fits(rows.moments));
        return fits ? frequency : new Frequency(Frequency.Unit.ROWS, median(longest));
    }

    private static long median(long[] times) {
        long[] distances = new long[times.length - 1];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = times[i + 1] - times[i];
        }
        Arrays.sort(distances);
        return distances[distances.length / 2];
    }

    /** What a person should know of the data, on a line. */
    public String summary() {
        long steps = series.stream().mapToLong(Series::length).sum();
        long missing = series.stream()
                .mapToLong(own -> Arrays.stream(own.values(), 0, own.length())
                        .filter(Double::isNaN)
                        .count())
                .sum();
        String what = columns.series() == null ? "one series" : "%,d series".formatted(series.size());
        String regular = frequency.isRegular()
                ? "regular (%s)".formatted(frequency)
                : "irregular, so that each row counts as a step";
        String lacks = missing == 0
                ? ""
                : "; %s missing and left out of the loss"
                        .formatted(missing == 1 ? "1 value is" : "%,d values are".formatted(missing));
        return "%s of '%s', %s, %s%s".formatted(what, columns.target(), Count.of(steps, "step"), regular, lacks);
    }
}
