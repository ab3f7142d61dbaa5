package lstmgpu.cli.report;

import java.util.Locale;

/** Amounts as people read them. */
public final class Sizes {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private Sizes() {}

    /** 512 B, 1.5 MB, 24.0 GB. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** 950, 21.3k, 4.2M. */
    public static String count(double value) {
        if (value < 999.5) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return value < 999_950
                ? String.format(Locale.ROOT, "%.1fk", value / 1e3)
                : String.format(Locale.ROOT, "%.1fM", value / 1e6);
    }
}
