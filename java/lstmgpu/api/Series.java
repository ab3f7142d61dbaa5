package lstmgpu.api;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One or several series of numbers, in memory or in tables. Never changes. */
public final class Series {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");
    private static final DateTimeFormatter EXACT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");
    private static final String NAMES = "unique_id";
    private static final String TIMES = "ds";
    private static final String VALUES = "y";

    private final List<One> all;
    private final Input input;

    /** A series in memory; times are null where its steps only follow each other. */
    private record One(String name, List<String> times, List<String> values) {}

    private Series(List<One> all, Input input) {
        this.all = all;
        this.input = input;
    }

    private static Series of(List<One> all) {
        List<One> series = List.copyOf(all);
        return new Series(series, Input.of("series.csv", out -> write(series, out)));
    }

    /**
     * CSV files with the same columns, read as one table when something is done with it. {@link SeriesTraining} says
     * which column is what.
     *
     * @param files those that end with .gz or .zst are unpacked
     * @return what stands in them
     * @throws LstmException of kind USAGE if there is none
     */
    public static Series csv(List<Path> files) {
        return new Series(List.of(), Input.ofFiles(files));
    }

    /**
     * As {@link #csv(List)}.
     *
     * @param files as there
     * @return as there
     * @throws LstmException of kind USAGE if there is none
     */
    public static Series csv(Path... files) {
        return csv(List.of(files));
    }

    /**
     * Values that follow each other at equal steps.
     *
     * @param values finite; NaN where one is missing
     * @return one series without a name
     * @throws LstmException of kind DATA if one is infinite
     */
    public static Series of(double... values) {
        return of(List.of(new One(null, null, numbers(values))));
    }

    /**
     * Values at times.
     *
     * @param times rising, as many as there are values, all of one class: {@link LocalDate}, {@link YearMonth}, {@link
     *     LocalDateTime}, {@link Instant}, {@link OffsetDateTime} or {@link ZonedDateTime}, to the millisecond
     * @param values finite; NaN where one is missing
     * @return one series without a name
     * @throws LstmException of kind DATA if there are more of one than of the other, times are of another class or of
     *     several, or a value is infinite
     */
    public static Series of(List<? extends TemporalAccessor> times, double... values) {
        return of(List.of(new One(null, texts(times, values), numbers(values))));
    }

    /**
     * A series with a name, to which others are added with {@link #and}.
     *
     * @param name which {@link Forecast} tells again
     * @param times as {@link #of(List, double...)} takes them
     * @param values as many; NaN where one is missing
     * @return one series
     * @throws LstmException as {@link #of(List, double...)}
     */
    public static Series named(String name, List<? extends TemporalAccessor> times, double... values) {
        return of(List.of(new One(Objects.requireNonNull(name, "name"), texts(times, values), numbers(values))));
    }

    /**
     * These series and one more.
     *
     * @param name other than those before
     * @param times as {@link #of(List, double...)} takes them
     * @param values as many; NaN where one is missing
     * @return them and it
     * @throws LstmException as {@link #of(List, double...)}
     * @throws IllegalStateException if those before are in tables or have no names
     */
    public Series and(String name, List<? extends TemporalAccessor> times, double... values) {
        if (all.isEmpty() || all.getFirst().name == null) {
            throw new IllegalStateException("only series with names can be put together; begin with Series.named");
        }
        List<One> more = new ArrayList<>(all);
        more.add(new One(Objects.requireNonNull(name, "name"), texts(times, values), numbers(values)));
        return of(more);
    }

    private static List<String> numbers(double... values) {
        List<String> numbers = new ArrayList<>(values.length);
        for (double value : values) {
            if (Double.isInfinite(value)) {
                throw LstmException.data(
                        "value %,d of the series is %s; leave out what is not finite", numbers.size(), value);
            }
            numbers.add(Double.isNaN(value) ? "" : Double.toString(value));
        }
        return List.copyOf(numbers);
    }

    private static List<String> texts(List<? extends TemporalAccessor> times, double... values) {
        if (times.size() != values.length) {
            throw LstmException.data(
                    "there are %,d times and %,d values; give a time for every value", times.size(), values.length);
        }
        for (TemporalAccessor time : times) {
            if (!time.getClass().equals(times.getFirst().getClass())) {
                throw LstmException.data(
                        "some times are a %s and some a %s; give all as one",
                        times.getFirst().getClass().getSimpleName(),
                        time.getClass().getSimpleName());
            }
        }
        return times.stream().map(Series::text).toList();
    }

    private static String text(TemporalAccessor time) {
        return switch (time) {
            case LocalDate day -> day.toString();
            case YearMonth month -> month.toString();
            case LocalDateTime moment -> LOCAL.format(moment);
            case Instant moment -> EXACT.format(moment.atOffset(ZoneOffset.UTC));
            case OffsetDateTime moment -> EXACT.format(moment);
            case ZonedDateTime moment -> EXACT.format(moment.toOffsetDateTime());
            default ->
                throw LstmException.data(
                        "a %s is no time of a series; give a LocalDate, YearMonth, LocalDateTime or Instant",
                        time.getClass().getSimpleName());
        };
    }

    /** As a table in the form of which every column is known without being named. */
    private static void write(List<One> series, OutputStream out) throws IOException {
        Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        CsvWriter csv = CsvWriter.builder().bufferSize(0).build(text);
        boolean named = series.getFirst().name != null;
        boolean timed = series.getFirst().times != null;
        csv.writeRecord(named ? List.of(NAMES, TIMES, VALUES) : timed ? List.of(TIMES, VALUES) : List.of(VALUES));
        for (One one : series) {
            for (int step = 0; step < one.values.size(); step++) {
                String value = one.values.get(step);
                if (named) {
                    csv.writeRecord(one.name, one.times.get(step), value);
                } else if (timed) {
                    csv.writeRecord(one.times.get(step), value);
                } else {
                    csv.writeRecord(value.isEmpty() ? "NA" : value); // An empty line would be none.
                }
            }
        }
        text.flush();
    }

    Input input() {
        return input;
    }
}
