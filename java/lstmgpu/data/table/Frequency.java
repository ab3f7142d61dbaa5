package lstmgpu.data.table;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * How far apart in time a series' steps are.
 *
 * @param unit of a step
 * @param count of units
 */
public record Frequency(Unit unit, long count) {
    /** Milliseconds of a day. */
    public static final long DAY = 86_400_000;

    private static final int LEAST_TIMES = 3;
    private static final int LEAST_WORKDAYS = 10;
    private static final int LEAST_MONTH = 28;
    private static final int WORKDAYS = 5;
    private static final int WEEK = 7;
    private static final int WORKDAYS_OF_YEAR = 261;
    private static final int MONTHS_OF_YEAR = 12;
    private static final double DAYS_OF_YEAR = 365.25;
    private static final double LEAST_CYCLE = 4;

    /** With more steps than so many a row, rows are no series with gaps. */
    private static final int MOST_STEPS_A_ROW = 3;

    /** What steps are counted in. */
    public enum Unit {
        /** Whole numbers, where times are such. */
        NUMBERS,
        MILLISECONDS,
        /** Monday to Friday. */
        WORKDAYS,
        MONTHS,
        /** Rows at irregular times: each is a step, and count is the usual distance of two times. */
        ROWS
    }

    /**
     * That of these times.
     *
     * @param times rising
     */
    public static Frequency of(long[] times, TimeFormat format) {
        long[] distances = LongStream.range(0, Math.max(0, times.length - 1))
                .map(i -> times[(int) i + 1] - times[(int) i])
                .sorted()
                .toArray();
        if (distances.length == 0) {
            return new Frequency(Unit.ROWS, 1);
        }
        long median = distances[distances.length / 2];
        if (times.length < LEAST_TIMES) {
            return new Frequency(Unit.ROWS, median);
        }
        if (format.isNumber()) {
            return regularOr(new Frequency(Unit.NUMBERS, distances[0]), times, median);
        }
        Frequency months = months(times, distances[0]);
        if (months != null && months.fits(times)) {
            return months;
        }
        Frequency workdays = new Frequency(Unit.WORKDAYS, 1);
        if (distances[0] == DAY && times.length >= LEAST_WORKDAYS && workdays.fits(times)) {
            return workdays;
        }
        return regularOr(new Frequency(Unit.MILLISECONDS, distances[0]), times, median);
    }

    private static Frequency regularOr(Frequency frequency, long[] times, long median) {
        return frequency.fits(times) ? frequency : new Frequency(Unit.ROWS, median);
    }

    private static Frequency months(long[] times, long shortest) {
        if (shortest < LEAST_MONTH * DAY) {
            return null;
        }
        long least = Long.MAX_VALUE;
        for (int i = 1; i < times.length; i++) {
            long months = monthsBetween(times[i - 1], times[i]);
            if (months <= 0) {
                return null;
            }
            least = Math.min(least, months);
        }
        return new Frequency(Unit.MONTHS, least);
    }

    /** Whether all these times lie whole steps apart, and not too many. */
    public boolean fits(long[] times) {
        if (unit == Unit.ROWS) {
            return true;
        }
        for (int i = 1; i < times.length; i++) {
            if (between(times[i - 1], times[i]) <= 0) {
                return false;
            }
        }
        return between(times[0], times[times.length - 1]) <= (long) MOST_STEPS_A_ROW * times.length;
    }

    /** The whole steps from one time to a later one; −1 if there are none such. Rows are not known by their times. */
    public long between(long from, long to) {
        return switch (unit) {
            case NUMBERS, MILLISECONDS -> (to - from) % count == 0 ? (to - from) / count : -1;
            case MONTHS -> {
                long months = monthsBetween(from, to);
                yield months >= 0 && months % count == 0 ? months / count : -1;
            }
            case WORKDAYS -> workdaysBetween(from, to);
            case ROWS -> -1;
        };
    }

    /** −1 unless both are at the same place of their months. */
    private static long monthsBetween(long from, long to) {
        LocalDateTime first = TimeFormat.date(from);
        LocalDateTime second = TimeFormat.date(to);
        long months = ChronoUnit.MONTHS.between(
                first.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS),
                second.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS));
        return plusMonths(first, months).equals(second) ? months : -1;
    }

    /** The end of a month stays one. */
    private static LocalDateTime plusMonths(LocalDateTime date, long months) {
        LocalDateTime later = date.plusMonths(months);
        boolean end = date.getDayOfMonth() == date.toLocalDate().lengthOfMonth();
        return end ? later.withDayOfMonth(later.toLocalDate().lengthOfMonth()) : later;
    }

    private static boolean isWorkday(LocalDateTime date) {
        return date.getDayOfWeek() != DayOfWeek.SATURDAY && date.getDayOfWeek() != DayOfWeek.SUNDAY;
    }

    private static long workdaysBetween(long from, long to) {
        LocalDateTime first = TimeFormat.date(from);
        LocalDateTime second = TimeFormat.date(to);
        if ((to - from) % DAY != 0 || !isWorkday(first) || !isWorkday(second)) {
            return -1;
        }
        long days = (to - from) / DAY;
        long rest = days % WEEK;
        boolean weekend = first.getDayOfWeek().getValue() + rest > WORKDAYS;
        return days / WEEK * WORKDAYS + rest - (weekend ? 2 : 0);
    }

    /** The time so many steps later, or earlier. */
    public long plus(long time, long steps) {
        return switch (unit) {
            case NUMBERS, MILLISECONDS, ROWS -> Math.addExact(time, Math.multiplyExact(steps, count));
            case MONTHS -> TimeFormat.time(plusMonths(TimeFormat.date(time), steps * count));
            case WORKDAYS -> {
                long weeks = Math.floorDiv(steps, WORKDAYS);
                LocalDateTime date = TimeFormat.date(time).plusDays(weeks * WEEK);
                for (long left = Math.floorMod(steps, WORKDAYS); left > 0; left--) {
                    do {
                        date = date.plusDays(1);
                    } while (!isWorkday(date));
                }
                yield TimeFormat.time(date);
            }
        };
    }

    /** The steps of a cycle of the calendar, to the nearest; 0 where it has fewer than four or is not known. */
    public int steps(Cycle cycle) {
        double steps =
                switch (unit) {
                    case WORKDAYS -> cycle == Cycle.DAY ? 0 : cycle == Cycle.WEEK ? WORKDAYS : WORKDAYS_OF_YEAR;
                    case MONTHS -> cycle == Cycle.YEAR ? MONTHS_OF_YEAR / (double) count : 0;
                    case MILLISECONDS -> days(cycle) * DAY / count;
                    case NUMBERS, ROWS -> 0;
                };
        return steps < LEAST_CYCLE || steps > Integer.MAX_VALUE ? 0 : (int) Math.round(steps);
    }

    private static double days(Cycle cycle) {
        return switch (cycle) {
            case DAY -> 1;
            case WEEK -> WEEK;
            case YEAR -> DAYS_OF_YEAR;
        };
    }

    public boolean isRegular() {
        return unit != Unit.ROWS;
    }

    /** In words, such as "every month". */
    @Override
    public String toString() {
        return switch (unit) {
            case NUMBERS -> count == 1 ? "numbered" : "numbered by " + count;
            case WORKDAYS -> "every day from Monday to Friday";
            case MONTHS -> monthly();
            case MILLISECONDS -> everyTime();
            case ROWS -> "irregular";
        };
    }

    private String monthly() {
        if (count % 12 == 0) {
            return count == 12 ? "every year" : "every " + count / 12 + " years";
        }
        return count == 1 ? "every month" : count == 3 ? "every quarter" : "every " + count + " months";
    }

    private String everyTime() {
        long[] sizes = {WEEK * DAY, DAY, DAY / 24, 60_000, 1000, 1};
        String[] names = {"week", "day", "hour", "minute", "second", "millisecond"};
        for (int i = 0; i < sizes.length; i++) {
            if (count % sizes[i] == 0) {
                long number = count / sizes[i];
                return number == 1
                        ? "every " + names[i]
                        : String.format(Locale.ROOT, "every %,d %ss", number, names[i]);
            }
        }
        throw new IllegalStateException("no unit is shorter than a millisecond");
    }
}
