package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;

/**
 * From where a backtest forecasts.
 *
 * @param origins series by series, the earliest first
 * @param overlapping how many lie within what a model was trained on
 */
public record BacktestOrigins(List<Forecaster.Origin> origins, int overlapping) {
    /**
     * @param windows of each series; null for as many as begin behind what was trained on, one at least
     * @param apart steps from an origin to the next
     * @throws LstmGpuException with exit code 3, naming the series, if one has too few steps for a forecast and what
     *     is to be compared with it
     */
    public static BacktestOrigins of(ForecastModel model, List<Series> all, Integer windows, int apart) {
        List<Forecaster.Origin> origins = new ArrayList<>();
        int overlapping = 0;
        for (Series series : all) {
            int last = series.length() - 1 - model.windows().horizon();
            int first = model.windows().input() - 1;
            if (last < first) {
                throw LstmGpuException.data(
                        "%s has %s, and a forecast of %s that is to be judged needs %,d; give a longer" + " series",
                        series.title(),
                        Count.of(series.length(), "step"),
                        Count.of(model.windows().horizon(), "step"),
                        model.windows().input() + model.windows().horizon());
            }
            int unseen = unseen(model, series);
            int count = windows == null
                    ? Math.max(1, (last - Math.max(first, unseen)) / apart + 1)
                    : Math.min(windows, (last - first) / apart + 1);
            for (int i = count - 1; i >= 0; i--) {
                int step = last - i * apart;
                origins.add(new Forecaster.Origin(series, step));
                overlapping += step < unseen ? 1 : 0;
            }
        }
        return new BacktestOrigins(List.copyOf(origins), overlapping);
    }

    /** The last step that was trained on or held out: the first origin behind which nothing is known to the model. */
    private static int unseen(ForecastModel model, Series series) {
        ForecastModel.Known known = model.series().get(series.name());
        int step = -1;
        while (known != null && step + 1 < series.length() && series.times()[step + 1] <= known.trained()) {
            step++;
        }
        return step;
    }
}
