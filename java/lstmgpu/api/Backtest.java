package lstmgpu.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.task.forecast.ErrorSums;

/**
 * Forecasts from one origin after the other, beside what came.
 *
 * @param errors of the network
 * @param baselines of forecasts that need no training from the same origins: seasonal-naive and drift
 * @param coverage the share of values, from 0 to 1, that lay in the band of each level, in percent
 * @param windows how many origins
 * @param overlapping how many of them lie within what the model was trained on, so that the figures flatter it
 */
public record Backtest(
        Errors errors, Map<String, Errors> baselines, Map<Double, Double> coverage, int windows, int overlapping) {
    /** Copies the maps. */
    public Backtest {
        baselines = Map.copyOf(baselines);
        coverage = Map.copyOf(coverage);
    }

    /**
     * How far forecasts are from what came.
     *
     * @param mae the mean absolute error, in the data's unit
     * @param rmse the root of the mean squared error, in the data's unit
     * @param smape the symmetric mean absolute percentage error, from 0 to 200
     * @param mase the mean absolute error over that of the value a season ago; NaN where no series ever changed
     * @param points values that were compared
     */
    public record Errors(double mae, double rmse, double smape, double mase, long points) {
        static Errors of(ErrorSums sums) {
            return new Errors(sums.mae(), sums.rmse(), sums.smape(), sums.mase(), sums.points());
        }
    }

    static Backtest of(lstmgpu.task.forecast.Backtest inner, List<Double> levels, int overlapping) {
        Map<String, Errors> baselines = new LinkedHashMap<>();
        inner.baselines().forEach((baseline, errors) -> baselines.put(baseline.key(), Errors.of(errors)));
        Map<Double, Double> coverage = new LinkedHashMap<>();
        for (int i = 0; i < levels.size(); i++) {
            coverage.put(Forecast.percent(levels.get(i)), inner.coverage().get(i));
        }
        return new Backtest(Errors.of(inner.errors()), baselines, coverage, inner.windows(), overlapping);
    }
}
