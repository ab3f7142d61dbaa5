package lstmgpu.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.models.Forecasts;
import lstmgpu.network.Head;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.forecast.BacktestOrigins;
import lstmgpu.task.forecast.ForecastMeasures;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Forecaster;

/**
 * A model that forecasts series: those that it was trained on, and others of the kind.
 *
 * <p>Any thread may use it, as {@link Device} says.
 */
public final class SeriesModel extends Model {
    private final ForecastModel model;
    private final Head.Values head;

    /** Called in {@link Device#use}. */
    SeriesModel(Device device, ModelDirectory directory, TrainingResult training) {
        super(device, directory, training);
        this.model = Forecasts.model(directory);
        this.head = Forecasts.head(directory);
    }

    /**
     * {@return how such a model is trained, with the program's defaults, to be changed: {@code
     * SeriesModel.training().horizon(24).train(device, series, folder)}}
     */
    public static SeriesTraining training() {
        return new SeriesTraining(Wishes.NONE, null);
    }

    /**
     * Loads a model.
     *
     * @param device on which it computes
     * @param folder that training has written, by this library or by the program lstm-gpu
     * @return the model
     * @throws LstmException as {@link Model#load}, and of kind DATA if the model has learnt something else
     */
    public static SeriesModel load(Device device, Path folder) {
        Objects.requireNonNull(folder, "folder");
        return device.use(() -> {
            ModelDirectory directory = ModelDirectory.open(folder);
            Forecasts.model(directory); // refuses what has learnt something else
            return new SeriesModel(device, directory, null);
        });
    }

    /** {@return steps that it forecasts} */
    public int horizon() {
        return model.windows().horizon();
    }

    /** {@return steps that a forecast looks back over} */
    public int inputSize() {
        return model.windows().input();
    }

    /** {@return steps after which the series repeat themselves; 1 where they do not} */
    public int season() {
        return model.guess().season();
    }

    /**
     * Forecasts what follows the series that the model was trained on.
     *
     * @param percent levels of the bands, such as 80; none for the usual ones that the model has
     * @return in the order of the series' names
     * @throws LstmException of kind USAGE if there cannot be such a band, or the model does not keep its series
     */
    public List<Forecast> forecast(double... percent) {
        return use(() -> {
            List<lstmgpu.task.forecast.Series> kept = model.recent();
            if (kept.isEmpty()) {
                throw LstmGpuException.usage(
                        "the model does not keep its series, or needs covariates too; give series to forecast");
            }
            return forecast(kept, levels(percent));
        });
    }

    /**
     * Forecasts what follows series.
     *
     * @param series as long as {@link #inputSize} at least, in the form of those it was trained on; where covariates
     *     are known ahead, a table goes on for the horizon with an empty target
     * @param percent levels of the bands, such as 80; none for the usual ones that the model has
     * @return in the order of the series
     * @throws LstmException of kind DATA if they cannot be read or are too short, USAGE if there cannot be such a band
     */
    public List<Forecast> forecast(Series series, double... percent) {
        Objects.requireNonNull(series, "series");
        return use(() -> series.input().use(files -> {
            List<lstmgpu.task.forecast.Series> read =
                    Forecasts.read(model, files).series();
            read.forEach(own -> own.requireKnown(horizon()));
            return forecast(read, levels(percent));
        }));
    }

    private List<Forecast> forecast(List<lstmgpu.task.forecast.Series> series, List<Double> levels) {
        List<Forecaster.Origin> origins = series.stream()
                .map(own -> new Forecaster.Origin(own, own.length() - 1))
                .toList();
        return new Forecaster(network(), model)
                .forecast(origins, levels).stream()
                        .map(inner -> Forecast.of(model, inner))
                        .toList();
    }

    private List<Double> levels(double... percent) {
        List<Double> levels = percent.length == 0 ? Forecaster.levels(model, head) : SeriesTraining.shares(percent);
        Forecaster.requireLevels(model, head, levels);
        return levels;
    }

    /**
     * Forecasts from every step behind what the model was trained on, and compares with what came.
     *
     * @param series those that it was trained on, with what came since or was kept back by {@link
     *     SeriesTraining#testSize}
     * @param percent levels of the bands, as {@link #forecast(Series, double...)} takes them
     * @return errors in the data's unit, beside those of simple forecasts
     * @throws LstmException as {@link #forecast(Series, double...)}
     */
    public Backtest backtest(Series series, double... percent) {
        Objects.requireNonNull(series, "series");
        return use(() -> series.input().use(files -> {
            List<Double> levels = levels(percent);
            BacktestOrigins origins =
                    BacktestOrigins.of(model, Forecasts.read(model, files).series(), null, 1);
            lstmgpu.task.forecast.Backtest found = lstmgpu.task.forecast.Backtest.of(
                    model, new Forecaster(network(), model).forecast(origins.origins(), levels));
            return Backtest.of(found, levels, origins.overlapping());
        }));
    }

    /**
     * The loss of the model on series, from every step from which it can forecast.
     *
     * @param series in the form of those that it was trained on
     * @return the loss that training made small, over windows
     * @throws LstmException of kind DATA if they cannot be read or none is long enough
     */
    public Evaluation evaluate(Series series) {
        Objects.requireNonNull(series, "series");
        return use(() -> series.input().use(files -> {
            try (var evaluation = Forecaster.evaluation(
                    network(), model, Forecasts.read(model, files).series(), Peers.ALONE)) {
                return Evaluation.of(evaluation.run(), ForecastMeasures.of(head));
            }
        }));
    }
}
