package lstmgpu.cli.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A length of time as people type it: 90, 90s, 30m, 2h or 1h30m. */
public record Seconds(double value) {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+(?:\\.\\d+)?)s?)?", Pattern.CASE_INSENSITIVE);

    public static Seconds parse(String text) {
        Matcher match = FORM.matcher(text);
        if (text.isEmpty() || !match.matches()) {
            throw new TypeConversionException("it is a time like 90s, 30m or 1h30m, not " + text);
        }
        return new Seconds(part(match.group(1)) * 3600 + part(match.group(2)) * 60 + part(match.group(3)));
    }

    /** As {@link #parse} takes it. */
    public String text() {
        return value == Math.rint(value) ? (long) value + "s" : value + "s";
    }

    private static double part(String digits) {
        return digits == null ? 0 : Double.parseDouble(digits);
    }
}
