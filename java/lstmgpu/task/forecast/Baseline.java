package lstmgpu.task.forecast;

/** Forecasts that need no training, beside which others are judged. */
public enum Baseline {
    /** The value a season ago; without a season, or where there is none yet, the last value. */
    SEASONAL_NAIVE("seasonal-naive") {
        @Override
        double forecast(double[] values, int length, int ahead, int season) {
            int cycles = (ahead + season - 1) / season;
            for (int at = length - 1 + ahead - cycles * season; season > 1 && at >= 0; at -= season) {
                if (!Double.isNaN(values[at])) {
                    return values[at];
                }
            }
            return values[last(values, length)];
        }
    },

    /** The straight line through the first and the last value. */
    DRIFT("drift") {
        @Override
        double forecast(double[] values, int length, int ahead, int season) {
            int first = 0;
            while (Double.isNaN(values[first])) {
                first++;
            }
            int last = last(values, length);
            double slope = last == first ? 0 : (values[last] - values[first]) / (last - first);
            return values[last] + slope * (length - 1 + ahead - last);
        }
    };

    private final String key;

    Baseline(String key) {
        this.key = key;
    }

    /** What programs call it. */
    public String key() {
        return key;
    }

    /**
     * @param values of a series, of which the first {@code length} are known and one at least is there
     * @param ahead steps behind the last known one, from 1
     * @param season 1 where there is none
     */
    abstract double forecast(double[] values, int length, int ahead, int season);

    private static int last(double[] values, int length) {
        int at = length - 1;
        while (at > 0 && Double.isNaN(values[at])) {
            at--;
        }
        return at;
    }
}
