package lstmgpu.task.forecast;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.data.InputTexts;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.TimeFormat;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.ValueLoss;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.DataSource;
import lstmgpu.train.Runs;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;

/** Two series, of which one has gaps, that a small network is trained to forecast. */
public final class ForecastRuns {
    private static final int HORIZON = 4;

    private ForecastRuns() {}

    static SeriesTable table() {
        double[] first = ForecastPartsTest.values(90, i -> 50 + 0.5 * i + 8 * Math.sin(i * Math.PI / 4));
        double[] second = ForecastPartsTest.values(70, i -> 5 - 0.02 * i + Math.cos(i * Math.PI / 4));
        second[20] = Double.NaN;
        second[21] = Double.NaN;
        return new SeriesTable(
                new Columns("t", "v", "name", List.of(), List.of(), false),
                TimeFormat.NUMBER,
                new Frequency(Frequency.Unit.NUMBERS, 1),
                List.of(named("a", first), named("b", second)),
                0);
    }

    private static Series named(String name, double... values) {
        Series own = ForecastPartsTest.series(values);
        return new Series(name, null, own.times(), own.rows(), own.values(), own.known(), own.past(), own.length());
    }

    static ForecastModel model(Strategy strategy) {
        return new ForecastDesign(HORIZON, 12, null, null, strategy, 10, 6).of(table());
    }

    static NetworkConfig config(ForecastModel model, ValueLoss loss) {
        Head head = new Head.Values(model.windows().targets(), loss);
        return new NetworkConfig(new InputPart.Features(model.features()), Cell.LSTM, 8, 1, 0.1f, head);
    }

    static ForecastTask task(ForecastModel model, ValueLoss loss) {
        DataSource source = new DataSource("made", "none", InputTexts.NONE, InputTexts.NONE);
        Head.Values head = (Head.Values) config(model, loss).head();
        return new ForecastTask(model, table().series(), head, source, 1);
    }

    static TrainingSettings settings(int steps) {
        TrainingSettings settings = Runs.with(Runs.settings(steps), new TrainingSettings.Validation(10, 0, 0));
        return Runs.with(settings, new TrainingSettings.Saving(10, 2, false));
    }

    static TrainingResult train(
            Backend backend, Path folder, ForecastModel model, ValueLoss loss, TrainingSettings settings) {
        NetworkConfig config = config(model, loss);
        ForecastTask task = task(model, loss);
        try (Trainer trainer = new Trainer(backend, config, task, settings, new Runs.Observer());
                ModelDirectory directory =
                        settings.run().resume() ? ModelDirectory.open(folder) : ModelDirectory.create(folder, false)) {
            if (settings.run().resume()) {
                directory.lock();
            } else {
                task.save(directory, config);
            }
            return trainer.run(directory);
        }
    }

    /** What a trained model forecasts from the ends of the series, bands included. */
    static List<Forecast> forecast(Backend backend, Path folder, List<Double> levels) {
        ModelDirectory directory = ModelDirectory.open(folder);
        ForecastModel model = ForecastFile.read(directory);
        try (Network network = new Network(backend, directory.config(), Precision.FP32)) {
            network.load(directory.weights());
            Forecaster forecaster = new Forecaster(network, model);
            ForecastModel calibrated = forecaster.calibrated(table().series());
            List<Forecaster.Origin> origins = table().series().stream()
                    .map(own -> new Forecaster.Origin(own, own.length() - 1 - HORIZON))
                    .toList();
            return new Forecaster(network, calibrated).forecast(origins, levels);
        }
    }

    /** Trains and forecasts on a backend, to compare with others: the points of both series. */
    public static double[] points(Backend backend, Path folder) {
        train(backend, folder, model(Strategy.DIRECT), new ValueLoss.Absolute(), settings(20));
        return forecast(backend, folder, List.of()).stream()
                .flatMapToDouble(forecast -> Arrays.stream(forecast.points()))
                .toArray();
    }
}
