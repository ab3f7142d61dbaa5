package lstmgpu.data.table;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A way in which times are written: dates, with a time of day or without, months, quarters, or whole numbers. A time is
 * a number: milliseconds since 1970, in UTC where the text names an offset, and the number itself of a whole number.
 */
public final class TimeFormat {
    /** Whole numbers, such as years or the places of values. */
    public static final TimeFormat NUMBER = new TimeFormat("number");

    private static final List<String> DATES = List.of(
            "uuuu-MM-dd",
            "uuuu/M/d",
            "uuuu.M.d",
            "d.M.uuuu",
            "M/d/uuuu",
            "d/M/uuuu",
            "d-M-uuuu",
            "uuuuMMdd",
            "d MMM uuuu",
            "d-MMM-uuuu",
            "MMM d, uuuu",
            "uuuu-MM",
            "uuuu/MM",
            "MM/uuuu",
            "MM.uuuu",
            "MMM uuuu",
            "MMM-uuuu",
            "uuuu MMM",
            "uuuu'Q'q",
            "uuuu-'Q'q",
            "uuuu 'Q'q");
    private static final List<String> TIMES = List.of(
            " HH:mm:ss", "'T'HH:mm:ss", " HH:mm", "'T'HH:mm", " HH:mm:ss.SSS", "'T'HH:mm:ss.SSS", " H:mm", " H:mm:ss");
    private static final List<String> WITH_OFFSET = List.of(
            "uuuu-MM-dd'T'HH:mm:ssXXX",
            "uuuu-MM-dd HH:mm:ssXXX",
            "uuuu-MM-dd'T'HH:mmXXX",
            "uuuu-MM-dd'T'HH:mm:ss.SSSXXX",
            "uuuu-MM-dd HH:mm:ss.SSSXXX");
    private static final int MOST_DIGITS = 15;
    private static final List<TimeFormat> KNOWN = known();

    private final String pattern;
    private final DateTimeFormatter formatter;
    private final boolean offset;

    private TimeFormat(String pattern) {
        this.pattern = pattern;
        this.offset = pattern.endsWith("XXX");
        this.formatter = pattern.equals("number") ? null : formatter(pattern);
    }

    private static DateTimeFormatter formatter(String pattern) {
        DateTimeFormatterBuilder builder =
                new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern);
        if (pattern.contains("q")) {
            builder.parseDefaulting(IsoFields.DAY_OF_QUARTER, 1);
        } else if (!pattern.contains("d")) {
            builder.parseDefaulting(ChronoField.DAY_OF_MONTH, 1);
        }
        if (!pattern.contains("H")) {
            builder.parseDefaulting(ChronoField.HOUR_OF_DAY, 0);
        }
        return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.SMART);
    }

    /** Every way that is known; where a text can be read in several, the earlier is meant. */
    public static List<TimeFormat> all() {
        return KNOWN;
    }

    private static List<TimeFormat> known() {
        List<TimeFormat> formats = new ArrayList<>();
        DATES.forEach(date -> formats.add(new TimeFormat(date)));
        for (String time : TIMES) {
            DATES.stream().filter(date -> date.contains("d")).forEach(date -> formats.add(new TimeFormat(date + time)));
        }
        WITH_OFFSET.forEach(pattern -> formats.add(new TimeFormat(pattern)));
        formats.add(NUMBER);
        return List.copyOf(formats);
    }

    /** The way of that {@link #pattern}, or null. */
    @JsonCreator
    public static TimeFormat of(String pattern) {
        return KNOWN.stream()
                .filter(format -> format.pattern.equals(pattern))
                .findFirst()
                .orElse(null);
    }

    /** As {@link DateTimeFormatter} has it, or "number". */
    @JsonValue
    public String pattern() {
        return pattern;
    }

    public boolean isNumber() {
        return formatter == null;
    }

    /** Whether a text is written so. */
    public boolean reads(String text) {
        return parse(text) != null;
    }

    /** The time, or null where it is written otherwise. */
    public Long parse(String text) {
        String plain = text.strip();
        if (formatter == null) {
            return plain.matches("[-+]?\\d{1," + MOST_DIGITS + "}") ? Long.valueOf(plain) : null;
        }
        // Most texts are of another length or have other letters, and an exception is slow.
        if (plain.isEmpty() || plain.length() > 2 * pattern.length()) {
            return null;
        }
        try {
            return offset
                    ? OffsetDateTime.parse(plain, formatter).toInstant().toEpochMilli()
                    : LocalDateTime.parse(plain, formatter)
                            .toInstant(ZoneOffset.UTC)
                            .toEpochMilli();
        } catch (DateTimeParseException other) {
            return null;
        }
    }

    /** A time as it would stand in the table. */
    public String text(long time) {
        if (formatter == null) {
            return Long.toString(time);
        }
        try {
            Instant instant = Instant.ofEpochMilli(time);
            return offset
                    ? instant.atOffset(ZoneOffset.UTC).format(formatter)
                    : date(time).format(formatter);
        } catch (DateTimeException beyond) {
            throw new IllegalArgumentException("no date lies " + time + " ms from 1970", beyond);
        }
    }

    /** In UTC. */
    public static LocalDateTime date(long time) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(time), ZoneOffset.UTC);
    }

    /** The reverse of {@link #date}. */
    public static long time(LocalDateTime date) {
        return date.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TimeFormat format && format.pattern.equals(pattern);
    }

    @Override
    public int hashCode() {
        return Objects.hash(pattern);
    }

    @Override
    public String toString() {
        return pattern;
    }
}
