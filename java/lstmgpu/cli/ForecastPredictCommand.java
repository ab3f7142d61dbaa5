package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.files.AtomicFiles;
import lstmgpu.models.Forecasts;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.store.ModelDirectory;
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

/** Forecasts what follows series. */
@Command(
        name = "predict",
        customSynopsis = "lstm-gpu forecast predict MODEL [CSV...] [FLAGS]",
        description = "Forecasts what follows the series of a table, or those that the model was trained on.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu forecast predict runs/air --chart forecast.svg",
            "  lstm-gpu forecast predict runs/air newer.csv --level 50,90 --csv forecast.csv",
            "",
            "The table has the columns of the training. Where covariates are known ahead (--known), it goes on for the",
            "horizon with an empty target."
        })
final class ForecastPredictCommand extends ProgramCommand {
    private static final String STANDARD_OUTPUT = "-";

    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "CSV", description = "Tables, read as one.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    /** What comes out. */
    @FlagSection("Output")
    static final class OutputFlags {
        @Option(
                names = "--level",
                paramLabel = "P,..",
                description = "Bands that are to hold so many percent of the values. Default: 80,95 where the model"
                        + " has them.")
        String level;

        @Option(
                names = "--csv",
                paramLabel = "FILE",
                description = "Write the forecast as CSV; - is standard output, which is the default.")
        String csv;

        @Option(names = "--json", description = "A JSON object for each step on standard output.")
        boolean json;

        @Option(
                names = "--chart",
                paramLabel = "FILE",
                description = "Draw history, forecast and bands of the first series, as .svg or .png.")
        Path chart;
    }

    ForecastPredictCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        OutputFiles.checkChart(output.chart);
        if (output.csv != null && !STANDARD_OUTPUT.equals(output.csv)) {
            OutputFiles.check("--csv", Path.of(output.csv));
        }
        if (output.json && STANDARD_OUTPUT.equals(output.csv)) {
            throw LstmGpuException.usage("--json and --csv - both write to standard output; choose one");
        }
        ModelDirectory directory = ModelDirectory.open(path);
        ForecastModel model = Forecasts.model(directory);
        List<Double> levels = levels(output.level, model, directory);
        List<Series> series = series(model);
        try (OpeningDevice opening = new OpeningDevice(device.choice(), console::say);
                LoadedNetwork loaded = LoadedNetwork.of(
                        opening, directory, directory.config(), directory.weights(), RnnImplementation.AUTO)) {
            List<Forecaster.Origin> origins = series.stream()
                    .map(own -> new Forecaster.Origin(own, own.length() - 1))
                    .toList();
            write(model, new Forecaster(loaded.network(), model).forecast(origins, levels));
        }
        return ExitCode.DONE.code();
    }

    /** Those asked for, or the usual ones that the model has. */
    static List<Double> levels(String given, ForecastModel model, ModelDirectory directory) {
        List<Double> levels = given == null ? Forecaster.levels(model, Forecasts.head(directory)) : Levels.of(given);
        Forecaster.requireLevels(model, Forecasts.head(directory), levels);
        return levels;
    }

    private List<Series> series(ForecastModel model) {
        List<Series> series = inputs.isEmpty() ? model.recent() : read(model);
        if (series.isEmpty()) {
            throw LstmGpuException.usage(
                    "the model does not keep its series, or needs covariates too; name a table behind the model");
        }
        return series;
    }

    private List<Series> read(ForecastModel model) {
        List<Series> series = Forecasts.read(model, inputs).series();
        series.forEach(own -> own.requireKnown(model.windows().horizon()));
        return series;
    }

    private void write(ForecastModel model, List<Forecast> forecasts) {
        if (output.csv != null && !output.csv.equals(STANDARD_OUTPUT)) {
            AtomicFiles.writeText(Path.of(output.csv), csv(model, forecasts));
        }
        if (output.json) {
            forecasts.forEach(forecast -> json(model, forecast));
        } else if (output.csv == null || output.csv.equals(STANDARD_OUTPUT)) {
            console.print(csv(model, forecasts));
        }
        if (output.chart != null) {
            if (forecasts.size() > 1) {
                console.say("the chart shows the first of %,d series".formatted(forecasts.size()));
            }
            ForecastChart.write(model, forecasts.subList(0, 1), output.chart);
        }
    }

    private void json(ForecastModel model, Forecast forecast) {
        for (int step = 0; step < forecast.points().length; step++) {
            ObjectNode object = JsonLines.object();
            if (model.columns().series() != null) {
                object.put("series", forecast.series().name());
            }
            object.put("time", time(model, forecast, step)).put("forecast", forecast.points()[step]);
            ObjectNode lower = object.putObject("lower");
            ObjectNode upper = object.putObject("upper");
            for (Forecast.Band band : forecast.bands()) {
                lower.put(Levels.name(band.level()), band.lower()[step]);
                upper.put(Levels.name(band.level()), band.upper()[step]);
            }
            console.print(JsonLines.line(object) + "\n");
        }
    }

    private static String time(ForecastModel model, Forecast forecast, int step) {
        long origin = forecast.series().times()[forecast.origin()];
        return model.format().text(model.frequency().plus(origin, step + 1L));
    }

    private static String csv(ForecastModel model, List<Forecast> forecasts) {
        StringWriter text = new StringWriter();
        CsvWriter csv = CsvWriter.builder()
                .bufferSize(0)
                .lineDelimiter(LineDelimiter.LF)
                .build(text);
        boolean named = model.columns().series() != null;
        List<String> heading = new ArrayList<>(named ? List.of(model.columns().series()) : List.of());
        heading.add(model.columns().time() == null ? "step" : model.columns().time());
        heading.add("forecast");
        forecasts.getFirst().bands().forEach(band -> {
            heading.add("lo-" + Levels.name(band.level()));
            heading.add("hi-" + Levels.name(band.level()));
        });
        csv.writeRecord(heading);
        for (Forecast forecast : forecasts) {
            for (int step = 0; step < forecast.points().length; step++) {
                List<String> cells =
                        new ArrayList<>(named ? List.of(forecast.series().name()) : List.of());
                cells.add(time(model, forecast, step));
                cells.add(number(forecast.points()[step]));
                for (Forecast.Band band : forecast.bands()) {
                    cells.add(number(band.lower()[step]));
                    cells.add(number(band.upper()[step]));
                }
                csv.writeRecord(cells);
            }
        }
        return text.toString();
    }

    /** Seven digits, which is all that single precision has. */
    private static String number(double value) {
        return Float.toString((float) value);
    }
}
