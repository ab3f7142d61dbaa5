package lstmgpu.task.forecast;

/** Sums up how far forecasts are from what came. */
public final class ErrorSums {
    private double absolute;
    private double squared;
    private double symmetric;
    private double scaled;
    private long points;
    private long scaledPoints;

    /**
     * @param unit the mean absolute error of the seasonal-naive forecast of one step, or one season, over the values a
     *     model was trained on; 0 where that was always right, and the point does not count for MASE
     */
    void add(double forecast, double actual, double unit) {
        double error = Math.abs(forecast - actual);
        double size = Math.abs(forecast) + Math.abs(actual);
        absolute += error;
        squared += error * error;
        symmetric += size > 0 ? 2 * error / size : 0;
        points++;
        if (unit > 0) {
            scaled += error / unit;
            scaledPoints++;
        }
    }

    public long points() {
        return points;
    }

    /** The mean absolute error, in the values' unit. */
    public double mae() {
        return absolute / points;
    }

    /** The root of the mean squared error, in the values' unit. */
    public double rmse() {
        return Math.sqrt(squared / points);
    }

    /** The symmetric mean absolute percentage error (Makridakis 1993), from 0 to 200. */
    public double smape() {
        return 100 * symmetric / points;
    }

    /** The mean absolute scaled error (Hyndman and Koehler 2006); NaN where no series ever changed. */
    public double mase() {
        return scaledPoints == 0 ? Double.NaN : scaled / scaledPoints;
    }

    /** The mean absolute seasonal difference of the first values; 0 where there is none. */
    static double unit(Series series, int steps, int season) {
        double sum = 0;
        long count = 0;
        for (int i = season; i < steps; i++) {
            double difference = Math.abs(series.values()[i] - series.values()[i - season]);
            if (!Double.isNaN(difference)) {
                sum += difference;
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }
}
