package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.TextTable;
import lstmgpu.models.Forecasts;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.forecast.Backtest;
import lstmgpu.task.forecast.BacktestOrigins;
import lstmgpu.task.forecast.Baseline;
import lstmgpu.task.forecast.ErrorSums;
import lstmgpu.task.forecast.Forecast;
import lstmgpu.task.forecast.ForecastChart;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Forecaster;
import lstmgpu.task.forecast.Levels;
import lstmgpu.task.forecast.Series;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges forecasts by what came. */
@Command(
        name = "backtest",
        customSynopsis = "lstm-gpu forecast backtest MODEL CSV... [FLAGS]",
        description = "Forecasts from one origin after the other and compares with what came, beside two simple"
                + " forecasts: the value a season ago, and the straight line through the first and the last value.",
        footer = {
            "",
            "Example:",
            "  lstm-gpu forecast train passengers.csv -o runs/air --test-size 24",
            "  lstm-gpu forecast backtest runs/air passengers.csv --level 80,95 --chart backtest.svg"
        })
final class ForecastBacktestCommand extends ProgramCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CSV", description = "Tables, read as one.")
    List<Path> inputs;

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    /** Which forecasts are judged, and what comes out. */
    @FlagSection("Backtest")
    static final class OutputFlags {
        @Option(
                names = "--windows",
                paramLabel = "N",
                description = "Forecasts of each series, the last of which ends with it. Default: as many as begin"
                        + " behind what the model was trained on.")
        Integer windows;

        @Option(names = "--step", paramLabel = "N", description = "Steps from an origin to the next. Default: 1.")
        Integer step;

        @Option(
                names = "--level",
                paramLabel = "P,..",
                description = "Bands whose coverage is measured. Default: 80,95 where the model has them.")
        String level;

        @Option(names = "--json", description = "One JSON object on standard output.")
        boolean json;

        @Option(
                names = "--chart",
                paramLabel = "FILE",
                description = "Draw forecasts of the first series beside what came, as .svg or .png.")
        Path chart;
    }

    ForecastBacktestCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        OutputFiles.checkChart(output.chart);
        if (output.windows != null && output.windows < 1 || output.step != null && output.step < 1) {
            throw LstmGpuException.usage("--windows and --step must be 1 or above");
        }
        ModelDirectory directory = ModelDirectory.open(path);
        ForecastModel model = Forecasts.model(directory);
        List<Double> levels = ForecastPredictCommand.levels(output.level, model, directory);
        List<Series> series = Forecasts.read(model, inputs).series();
        BacktestOrigins origins =
                BacktestOrigins.of(model, series, output.windows, output.step == null ? 1 : output.step);
        if (output.windows != null && origins.origins().size() < (long) output.windows * series.size()) {
            console.say("the table has room for %s, fewer than --windows %,d asks for"
                    .formatted(Count.of(origins.origins().size(), "forecast"), output.windows));
        }
        if (origins.overlapping() > 0) {
            console.say("%s of %,d begin within what the model was trained on, so the figures flatter it"
                    .formatted(
                            Count.of(origins.overlapping(), "forecast"),
                            origins.origins().size()));
        }
        Map<String, Tensor> weights = directory.weights();
        Peers peers = shared().given(inputs).reads(inputs).computes(weights).alike();
        try (OpeningDevice opening = new OpeningDevice(own(device), console::say);
                LoadedNetwork loaded =
                        LoadedNetwork.of(opening, directory, directory.config(), weights, RnnImplementation.AUTO)) {
            peers.meet(); // a device may take a while to open
            List<Forecast> forecasts =
                    new Forecaster(loaded.network(), model, peers).forecast(origins.origins(), levels);
            Backtest backtest = Backtest.of(model, forecasts);
            console.print(output.json ? json(backtest, levels) : table(backtest, levels));
            if (output.chart != null && peers.rank() == 0) {
                ForecastChart.write(model, apart(forecasts), output.chart);
            }
        }
        return ExitCode.DONE.code();
    }

    /** Those of the first series, from the last back, that do not overlap. */
    private static List<Forecast> apart(List<Forecast> forecasts) {
        List<Forecast> shown = new ArrayList<>();
        Series first = forecasts.getFirst().series();
        for (Forecast forecast : forecasts.reversed()) {
            boolean free = shown.isEmpty()
                    || forecast.origin() + forecast.points().length
                            <= shown.getFirst().origin();
            if (forecast.series().name().equals(first.name()) && free) {
                shown.addFirst(forecast);
            }
        }
        return shown;
    }

    private static String json(Backtest backtest, List<Double> levels) {
        ObjectNode object = errors(backtest.errors());
        ObjectNode coverage = object.putObject("coverage");
        for (int i = 0; i < levels.size(); i++) {
            coverage.put(Levels.name(levels.get(i)), backtest.coverage().get(i));
        }
        ObjectNode baselines = object.putObject("baselines");
        backtest.baselines().forEach((baseline, errors) -> baselines.set(baseline.key(), errors(errors)));
        object.put("windows", backtest.windows())
                .put("points", backtest.errors().points());
        return JsonLines.line(object) + "\n";
    }

    private static ObjectNode errors(ErrorSums errors) {
        return JsonLines.object()
                .put("mae", errors.mae())
                .put("rmse", errors.rmse())
                .put("smape", errors.smape())
                .put("mase", errors.mase());
    }

    private static String table(Backtest backtest, List<Double> levels) {
        TextTable table = new TextTable("", "MAE", "RMSE", "sMAPE", "MASE");
        add(table, "network", backtest.errors());
        for (Map.Entry<Baseline, ErrorSums> baseline : backtest.baselines().entrySet()) {
            add(table, baseline.getKey().key(), baseline.getValue());
        }
        StringBuilder text = new StringBuilder(table.text());
        for (int i = 0; i < levels.size(); i++) {
            text.append("band of %s %%: holds %.1f %% of the values\n"
                    .formatted(
                            Levels.name(levels.get(i)),
                            100 * backtest.coverage().get(i)));
        }
        return text.append("%s, %s\n"
                        .formatted(
                                Count.of(backtest.windows(), "forecast"),
                                Count.of(backtest.errors().points(), "value")))
                .toString();
    }

    private static void add(TextTable table, String name, ErrorSums errors) {
        table.add(
                name,
                "%.4g".formatted(errors.mae()),
                "%.4g".formatted(errors.rmse()),
                "%.2f %%".formatted(errors.smape()),
                Double.isNaN(errors.mase()) ? "-" : "%.3f".formatted(errors.mase()));
    }
}
