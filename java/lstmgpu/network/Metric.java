package lstmgpu.network;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * Something that is measured of what a network predicts.
 *
 * @param name in words, such as "bits per character"
 * @param unit such as "nats per token", {@link #SHARE}, or nothing for a plain number
 * @param better which values are
 * @param digits behind the point where there is room
 * @param formula the value by the mean loss; null where the loss does not tell it
 */
public record Metric(String name, String unit, Better better, int digits, DoubleUnaryOperator formula) {
    /** The unit of shares, from 0 to 1, which are shown in percent. */
    public static final String SHARE = "share";

    private static final int PERCENT = 100;

    /** Which of two values is the better one. */
    public enum Better {
        LOWER,
        HIGHER
    }

    /** One that the loss does not tell. */
    public Metric(String name, String unit, Better better, int digits) {
        this(name, unit, better, digits, null);
    }

    /** Whether it can be said wherever a loss is known, so also while training. */
    public boolean followsFromLoss() {
        return formula != null;
    }

    /** What programs call it, such as "bits_per_character". */
    public String key() {
        return name.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }

    /** A value with its unit, for people. */
    public String text(double value) {
        return number(value) + (unit.isEmpty() || unit.equals(SHARE) ? "" : " " + unit);
    }

    /** A value for people; of a share in percent. */
    public String number(double value) {
        return number(value, digits);
    }

    /** With a digit less, where there is little room. */
    public String shortNumber(double value) {
        return number(value, Math.max(0, digits - 1));
    }

    private String number(double value, int shown) {
        String format = "%." + shown + "f";
        return unit.equals(SHARE) ? (format + " %%").formatted(PERCENT * value) : format.formatted(value);
    }
}
