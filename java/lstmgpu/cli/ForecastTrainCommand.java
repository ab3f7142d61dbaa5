package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.CellFlags;
import lstmgpu.cli.flags.ForecastFlags;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.flags.RunLength;
import lstmgpu.cli.flags.SeriesFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.InputFiles;
import lstmgpu.data.InputTexts;
import lstmgpu.data.table.Table;
import lstmgpu.models.Forecasts;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.DataSource;
import lstmgpu.task.forecast.Columns;
import lstmgpu.task.forecast.ForecastFile;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.ForecastTask;
import lstmgpu.task.forecast.Forecaster;
import lstmgpu.task.forecast.Series;
import lstmgpu.task.forecast.SeriesTable;
import lstmgpu.task.forecast.Strategy;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a network that forecasts series. */
@Command(
        name = "train",
        customSynopsis = "lstm-gpu forecast train CSV... -o DIR [FLAGS]",
        description = "Trains a network that forecasts the series of a table and writes it to a folder.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu forecast train passengers.csv -o runs/air --test-size 24",
            "  lstm-gpu forecast train sales.csv -o runs/sales --time day --target sold --series shop --known price",
            "  lstm-gpu forecast train long.csv -o runs/long        the columns unique_id, ds and y need no flag",
            "",
            "What is not told follows from the data: season, scale, windows, size and length of the run."
        })
final class ForecastTrainCommand extends ProgramCommand {
    private static final RunWords WORDS = new RunWords("forecast train", "forecast predict", "data", "--hidden-size");
    private static final float LEARNING_RATE = 3e-3f;
    private static final int STEPS = 400;
    private static final int MOST_STEPS = 2_000;
    private static final int EVALUATIONS = 20;

    /** Evaluations between two checkpoints. */
    private static final int SAVE_EVERY = 5;

    private static final int BATCH = 32;
    private static final int LARGE_BATCH = 64;
    private static final int MANY_WINDOWS = 4_096;
    private static final int HIDDEN = 32;
    private static final int LARGE_HIDDEN = 64;
    private static final int MANY_STEPS = 20_000;

    @Parameters(paramLabel = "CSV", arity = "0..*", description = "Tables with the same columns, read as one.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    SeriesFlags columns;

    @Mixin
    ForecastFlags forecast;

    @Mixin
    CellFlags cell;

    @Mixin
    TrainingFlags training;

    ForecastTrainCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        RunFlags run = training.run;
        inputs = TrainingRun.inputs(inputs, training, WORDS);
        ModelDirectory earlier = TrainingRun.earlier(run);
        ForecastModel resumed = run.resume ? resumed(earlier) : null;
        InputFiles.check(inputs);
        InputTexts texts = InputTexts.read(inputs);
        Table table = Table.open(inputs);
        Columns read = columns.columns().in(table);
        if (!read.past().isEmpty() && forecast.design().strategy() == Strategy.RECURSIVE) {
            throw LstmGpuException.usage(
                    "--strategy recursive needs at every step what --past says is not known; use --strategy direct");
        }
        SeriesTable series = resumed == null
                ? SeriesTable.read(table, read, null, null)
                : SeriesTable.read(table, read, resumed.format(), resumed.frequency());
        ForecastModel model = resumed == null ? forecast.design().of(series) : resumed;
        long steps = series.series().stream().mapToLong(Series::length).sum();
        NetworkConfig config = config(model, earlier, steps > MANY_STEPS ? LARGE_HIDDEN : HIDDEN);
        console.say(series.summary());
        console.say(model.summary());
        DataSource source = new DataSource(InputFiles.describe(inputs), texts.sha256(), texts, InputTexts.NONE);
        ForecastTask task =
                new ForecastTask(model, series.series(), (Head.Values) config.head(), source, forecast.apart());
        TrainingRun way = new TrainingRun(console, training, inputs, WORDS);
        TrainingSettings settings = settings(model, task);
        ExitCode code = way.of(config, task, fitting(way, settings, task), split(task, model, series));
        if (!run.dryRun) {
            calibrate(series);
        }
        return code.code();
    }

    private ForecastModel resumed(ModelDirectory earlier) {
        ForecastModel model = Forecasts.model(earlier);
        String owner = training.run.output.toString();
        columns.refuseOthers(model.columns(), owner);
        forecast.refuseOthers(model, earlier.config().head(), owner);
        return model;
    }

    private NetworkConfig config(ForecastModel model, ModelDirectory earlier, int hidden) {
        Head.Values head = forecast.head(
                model.windows().strategy() == Strategy.DIRECT ? model.windows().horizon() : 1);
        if (training.run.resume) {
            return cell.configOf(earlier.config(), training.run.output.toString());
        }
        return cell.config(new InputPart.Features(model.features()), new CellFlags.Stack(hidden, 1, 0), false, head);
    }

    private TrainingSettings settings(ForecastModel model, ForecastTask task) {
        int windows = task.windows();
        int batch = windows >= MANY_WINDOWS ? LARGE_BATCH : Math.clamp(windows / 2, 1, BATCH);
        int every = Math.max(1, steps(windows, batch) / EVALUATIONS);
        TrainingSettings of = TrainingSettings.of(
                LEARNING_RATE,
                new TrainingSettings.Loop(
                        batch,
                        model.windows().input(),
                        forecast.apart(),
                        0,
                        TrainingSettings.UNLIMITED,
                        TrainingSettings.UNLIMITED,
                        0));
        return training.settings(
                of.withPauses(every, SAVE_EVERY * every),
                cell.initialisation,
                RecordedFlags.of(spec, inputs, training.run.output, console.environment()));
    }

    private static int steps(int windows, int batch) {
        return Math.clamp(windows / batch, STEPS, MOST_STEPS);
    }

    private static TrainingSettings fitting(TrainingRun way, TrainingSettings settings, ForecastTask task) {
        int steps = steps(task.windows(), settings.loop().batchSize());
        return way.fitting(settings, task, new RunLength(steps, steps));
    }

    private static String split(ForecastTask task, ForecastModel model, SeriesTable series) {
        return "%s to train, %,d held out, %,d to test"
                .formatted(
                        Count.of(task.trainingLength(), "step"),
                        task.heldOutLength(),
                        (long) model.windows().test() * series.series().size());
    }

    /** Finds out from what was held out how far the forecasts of the weights that were kept may miss. */
    private void calibrate(SeriesTable series) {
        ModelDirectory directory = ModelDirectory.open(training.run.output);
        if (!directory.hasWeights()) {
            return;
        }
        try (directory;
                OpeningDevice opening = new OpeningDevice(training.device.choice(), console::say)) {
            directory.lock();
            ForecastModel model = ForecastFile.read(directory);
            try (LoadedNetwork loaded = LoadedNetwork.of(
                    opening, directory, directory.config(), directory.weights(), RnnImplementation.AUTO)) {
                ForecastFile.write(
                        new Forecaster(loaded.network(), model).calibrated(series.series()),
                        directory.taskFile(ForecastFile.NAME));
            }
        }
    }
}
