package lstmgpu.cli.report;

import java.util.Locale;

/** Lengths of time as people read them. */
public final class Durations {
    /** From here on tenths of a second do not matter; what would be rounded up to this is there already. */
    private static final double LEAST_WHOLE = 9.95;

    private Durations() {}

    /** 4.2s, 3m05s or 2h07m. */
    public static String text(double seconds) {
        long whole = Math.round(seconds);
        if (seconds < LEAST_WHOLE) {
            return String.format(Locale.ROOT, "%.1fs", seconds);
        }
        if (whole < 60) {
            return whole + "s";
        }
        return whole < 3600
                ? "%dm%02ds".formatted(whole / 60, whole % 60)
                : "%dh%02dm".formatted(whole / 3600, whole % 3600 / 60);
    }
}
