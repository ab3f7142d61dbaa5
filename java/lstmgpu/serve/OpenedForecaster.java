package lstmgpu.serve;

import java.util.List;
import lstmgpu.models.Forecasts;
import lstmgpu.network.Head;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.forecast.Forecast;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Forecaster;
import lstmgpu.task.forecast.Series;

/** A model that forecasts series. */
final class OpenedForecaster extends OpenedNetwork {
    private final ForecastModel model;
    private final Head.Values head;

    private OpenedForecaster(ModelDirectory directory, Device device, ForecastModel model, Head.Values head) {
        super(directory, device);
        this.model = model;
        this.head = head;
    }

    static OpenedForecaster open(ModelDirectory directory, Device device) {
        return new OpenedForecaster(directory, device, Forecasts.model(directory), Forecasts.head(directory));
    }

    @Override
    public String use() {
        return "forecasts series: POST /forecast";
    }

    ForecastModel model() {
        return model;
    }

    /** Those of the usual bands that the model has. */
    List<Double> usualLevels() {
        return Forecaster.levels(model, head);
    }

    /**
     * What follows each series.
     *
     * @throws lstmgpu.LstmGpuException if the model has no such bands, or a series is too short
     */
    List<Forecast> forecast(List<Series> series, List<Double> levels, Stopping.Limit limit) {
        Forecaster.requireLevels(model, head, levels);
        List<Forecaster.Origin> origins = series.stream()
                .map(own -> new Forecaster.Origin(own, own.length() - 1))
                .toList();
        return call(() -> new Forecaster(network(), model).forecast(origins, levels), limit);
    }
}
