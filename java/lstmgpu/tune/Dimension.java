package lstmgpu.tune;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;

/** The values of one setting among which a search draws, as they are written behind a flag. */
public sealed interface Dimension {
    /** From this ratio of its ends on a range is drawn from by its logarithm. */
    double DECADE = 10;

    /** How a range is drawn from. */
    String LOG = "log";

    /** Likewise. */
    String LINEAR = "linear";

    /** Numbers from, .. and to. */
    Pattern RANGE = Pattern.compile("([-+.\\deE]+?)\\.\\.([-+.\\deE]+)");

    /**
     * The value for a number drawn uniformly from [0, 1).
     *
     * @param u that number
     */
    String at(double u);

    /** How many different values there are; {@link Long#MAX_VALUE} for real numbers. */
    long size();

    /** The values of a list; of a range its ends, as they are written, and how it is drawn from. */
    List<String> texts();

    /** These, each as likely. */
    record Listed(List<String> values) implements Dimension {
        public Listed {
            values = List.copyOf(values);
        }

        @Override
        public String at(double u) {
            return values.get((int) (u * values.size()));
        }

        @Override
        public long size() {
            return values.size();
        }

        @Override
        public List<String> texts() {
            return values;
        }
    }

    /** Real numbers with three digits in [from, to]; every factor is as likely, or every sum. */
    record Reals(double from, double to, boolean log) implements Dimension {
        private static final MathContext DIGITS = new MathContext(3);

        @Override
        public String at(double u) {
            double drawn = log ? from * Math.pow(to / from, u) : from + u * (to - from);
            return plain(Math.clamp(new BigDecimal(drawn).round(DIGITS).doubleValue(), from, to));
        }

        @Override
        public long size() {
            return Long.MAX_VALUE;
        }

        @Override
        public List<String> texts() {
            return List.of(plain(from) + ".." + plain(to), log ? LOG : LINEAR);
        }
    }

    /** Whole numbers in [from, to]; every factor is as likely, or every sum. */
    record Whole(long from, long to, boolean log) implements Dimension {
        @Override
        public String at(double u) {
            double drawn = log ? from * Math.pow((to + 1.0) / from, u) : from + u * (to + 1.0 - from);
            return Long.toString(Math.clamp((long) Math.floor(drawn), from, to));
        }

        @Override
        public long size() {
            return to - from + 1;
        }

        @Override
        public List<String> texts() {
            return List.of(from + ".." + to, log ? LOG : LINEAR);
        }
    }

    /** Whether a text has the form of a range, so that it is one and no value. */
    static boolean isRange(String text) {
        return RANGE.matcher(text).matches();
    }

    /**
     * A range such as 1e-3..1e-2.
     *
     * @param flag whose values they are
     * @param scale what the numbers are
     * @param log whether it is drawn from by its logarithm; null for what its ends suggest
     * @throws LstmGpuException with exit code 2 if it is empty or none
     */
    static Dimension range(String flag, String text, Scale scale, Boolean log) {
        Matcher ends = RANGE.matcher(text);
        if (!ends.matches()) {
            throw LstmGpuException.usage("%s %s is no range; write it as 0.001..0.01 or 64..512", flag, text);
        }
        double from = number(flag, text, ends.group(1), scale);
        double to = number(flag, text, ends.group(2), scale);
        if (!(from < to)) {
            throw LstmGpuException.usage("%s %s is an empty range; the lower end comes first", flag, text);
        }
        boolean byFactor = log == null ? scale == Scale.RATE || isWide(from, to) : log;
        if (byFactor && from <= 0) {
            throw LstmGpuException.usage(
                    "%s %s is drawn from by its logarithm, so it must begin above 0, at 0.00001 for example",
                    flag, text);
        }
        return scale == Scale.WHOLE ? new Whole((long) from, (long) to, byFactor) : new Reals(from, to, byFactor);
    }

    /** What the numbers of a range are. */
    enum Scale {
        WHOLE,
        REAL,
        /** Real numbers of which factors count, however near the ends are. */
        RATE
    }

    private static boolean isWide(double from, double to) {
        return from > 0 && to / from >= DECADE;
    }

    private static double number(String flag, String range, String text, Scale scale) {
        try {
            if (scale == Scale.WHOLE) {
                return Integer.parseInt(text);
            }
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException none) {
            // Said below.
        }
        throw LstmGpuException.usage(
                "%s %s: %s is no %s", flag, range, text, scale == Scale.WHOLE ? "whole number" : "number");
    }

    /** Without an exponent where it is not much longer, and in any case as a flag takes it. */
    private static String plain(double value) {
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return exact.signum() == 0 ? "0" : exact.scale() > 9 ? exact.toString() : exact.toPlainString();
    }
}
