package lstmgpu.task.forecast;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Forecasts from several origins, one behind the other, beside what came, and beside what simple forecasts say.
 *
 * @param errors of the network
 * @param baselines of simple forecasts from the same origins
 * @param coverage the share of values that lie in the band of each level, in the order of the bands
 * @param windows origins
 */
public record Backtest(ErrorSums errors, Map<Baseline, ErrorSums> baselines, List<Double> coverage, int windows) {
    /** @param forecasts that all have the same bands */
    public static Backtest of(ForecastModel model, List<Forecast> forecasts) {
        ErrorSums errors = new ErrorSums();
        Map<Baseline, ErrorSums> baselines = new EnumMap<>(Baseline.class);
        for (Baseline baseline : Baseline.values()) {
            baselines.put(baseline, new ErrorSums());
        }
        int levels = forecasts.isEmpty() ? 0 : forecasts.getFirst().bands().size();
        long[] inside = new long[levels];
        int season = model.guess().season();
        for (Forecast forecast : forecasts) {
            Series series = forecast.series();
            double unit = model.unit(series);
            for (int step = 0; step < forecast.points().length; step++) {
                int at = forecast.origin() + 1 + step;
                double actual = at < series.length() ? series.values()[at] : Double.NaN;
                if (Double.isNaN(actual)) {
                    continue;
                }
                errors.add(forecast.points()[step], actual, unit);
                for (Map.Entry<Baseline, ErrorSums> baseline : baselines.entrySet()) {
                    double simple =
                            baseline.getKey().forecast(series.values(), forecast.origin() + 1, step + 1, season);
                    baseline.getValue().add(simple, actual, unit);
                }
                for (int i = 0; i < levels; i++) {
                    Forecast.Band band = forecast.bands().get(i);
                    inside[i] += actual >= band.lower()[step] && actual <= band.upper()[step] ? 1 : 0;
                }
            }
        }
        List<Double> coverage = Arrays.stream(inside)
                .mapToObj(count -> (double) count / errors.points())
                .toList();
        return new Backtest(errors, baselines, coverage, forecasts.size());
    }
}
