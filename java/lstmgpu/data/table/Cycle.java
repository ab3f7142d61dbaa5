package lstmgpu.data.table;

import java.time.LocalDateTime;

/** A stretch of the calendar after which much repeats itself. */
public enum Cycle {
    DAY,
    WEEK,
    YEAR;

    private static final long WEEK_LENGTH = 7 * Frequency.DAY;

    /** Milliseconds from 1970-01-01, a Thursday, back to its Monday. */
    private static final long MONDAY = 3 * Frequency.DAY;

    /** How much of the cycle a time has behind it, in [0, 1). */
    public double phase(long time) {
        return switch (this) {
            case DAY -> (double) Math.floorMod(time, Frequency.DAY) / Frequency.DAY;
            case WEEK -> (double) Math.floorMod(time + MONDAY, WEEK_LENGTH) / WEEK_LENGTH;
            case YEAR -> {
                LocalDateTime date = TimeFormat.date(time);
                double days = date.getDayOfYear() - 1 + DAY.phase(time);
                yield days / date.toLocalDate().lengthOfYear();
            }
        };
    }
}
