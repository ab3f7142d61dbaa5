package lstmgpu.task.forecast;

import java.util.Arrays;
import lstmgpu.LstmGpuException;

/** How the values of a series are brought to a size that a network learns well from. */
public enum Scale {
    /** Less the mean, by the standard deviation. */
    STANDARD,
    /** Less the median, by the distance of the quartiles. */
    ROBUST,
    /** From the smallest at 0 to the largest at 1. */
    MINMAX,
    /** ln(1 + y), then as {@link #STANDARD}: what grows by percent grows evenly; for values that are not negative. */
    LOG,
    /** As they are. */
    NONE;

    private static final int LEAST_BLOCKS = 4;
    private static final int BLOCK = 12;
    private static final double GROWS = 0.5;

    /**
     * What values are measured in: z = (f(y) − center) / spread, where f is ln(1 + y) or y itself.
     *
     * @param spread above 0, also of a series that never changes
     */
    public record Fitted(Scale scale, double center, double spread) {
        public Fitted {
            if (!Double.isFinite(center) || !(spread > 0 && Double.isFinite(spread))) {
                throw new IllegalArgumentException("a scale of " + center + " and " + spread);
            }
        }

        public double scaled(double value) {
            return ((scale == LOG ? Math.log1p(value) : value) - center) / spread;
        }

        /** The reverse of {@link #scaled}. */
        public double value(double scaled) {
            double plain = scaled * spread + center;
            return scale == LOG ? Math.expm1(plain) : plain;
        }
    }

    /**
     * Fitted to the first values of a series.
     *
     * @throws LstmGpuException with exit code 3, naming file and line, if {@link #LOG} meets a negative value
     */
    public Fitted fit(Series series, int steps) {
        requireFit(series);
        return fit(Arrays.stream(series.values(), 0, steps)
                .filter(value -> !Double.isNaN(value))
                .map(value -> this == LOG ? Math.log1p(value) : value)
                .sorted()
                .toArray());
    }

    /** @throws LstmGpuException with exit code 3, naming file and line, if {@link #LOG} meets a negative value */
    void requireFit(Series series) {
        for (int i = 0; this == LOG && i < series.length(); i++) {
            if (series.values()[i] < 0) {
                throw LstmGpuException.data(
                        "%s: a negative value has no logarithm; train with another --scale than log", series.place(i));
            }
        }
    }

    /** Fitted to values that rise and are all there; of {@link #LOG} to their logarithms. */
    Fitted fit(double... sorted) {
        if (sorted.length == 0 || this == NONE) {
            return new Fitted(this, 0, 1);
        }
        double low = sorted[0];
        double high = sorted[sorted.length - 1];
        double mean = Arrays.stream(sorted).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow());
        return switch (this) {
            case MINMAX -> new Fitted(this, low, positive(high - low));
            case ROBUST -> {
                double quartiles = sorted[3 * (sorted.length - 1) / 4] - sorted[(sorted.length - 1) / 4];
                yield new Fitted(this, sorted[sorted.length / 2], quartiles > 0 ? quartiles : positive(deviation));
            }
            default -> new Fitted(this, mean, positive(deviation));
        };
    }

    private static double positive(double spread) {
        return spread > 0 ? spread : 1;
    }

    /** {@link #LOG} where no value is negative and what is large changes more, otherwise {@link #STANDARD}. */
    static Scale following(Iterable<Series> all, int season) {
        int block = Math.max(BLOCK, season);
        int proportional = 0;
        int count = 0;
        for (Series series : all) {
            count++;
            proportional += changesGrow(series, block) ? 1 : 0;
        }
        return 2 * proportional > count ? LOG : STANDARD;
    }

    /** Whether the deviations of stretches rise with their means, by a regression of logarithms. */
    private static boolean changesGrow(Series series, int block) {
        int blocks = series.length() / block;
        if (blocks < LEAST_BLOCKS
                || Arrays.stream(series.values(), 0, series.length()).anyMatch(value -> value <= 0)) {
            return false;
        }
        double[] x = new double[blocks];
        double[] y = new double[blocks];
        for (int i = 0; i < blocks; i++) {
            Fitted own = STANDARD.fit(Arrays.stream(series.values(), i * block, (i + 1) * block)
                    .filter(value -> !Double.isNaN(value))
                    .toArray());
            x[i] = Math.log(Math.max(own.center(), Double.MIN_NORMAL));
            y[i] = Math.log(own.spread());
        }
        double meanX = Arrays.stream(x).average().orElseThrow();
        double meanY = Arrays.stream(y).average().orElseThrow();
        double both = 0;
        double squares = 0;
        for (int i = 0; i < blocks; i++) {
            both += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
        }
        return squares > 0 && both / squares > GROWS;
    }
}
