package lstmgpu.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.data.InputTexts;
import lstmgpu.data.input.InputFiles;
import lstmgpu.data.table.Table;
import lstmgpu.models.Forecasts;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.DataSource;
import lstmgpu.task.Task;
import lstmgpu.task.forecast.Columns;
import lstmgpu.task.forecast.ForecastFile;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.ForecastTask;
import lstmgpu.task.forecast.Forecaster;
import lstmgpu.task.forecast.Series;
import lstmgpu.task.forecast.SeriesTable;
import lstmgpu.task.forecast.Strategy;
import lstmgpu.train.TrainingSettings;

/** A run that trains a network which forecasts series. */
public final class ForecastRun implements PreparedRun {
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

    private final StackChoice stack;
    private final ForecastChoice choice;
    private final TrainingChoice training;
    private final SeriesTable series;
    private final ForecastModel model;
    private final NetworkConfig config;
    private final ForecastTask task;
    private final TrainingSettings settings;

    /**
     * Reads the tables as one.
     *
     * @param columns what was asked for; the rest follows from the table
     * @param notice hears what was found and decided
     * @throws LstmGpuException with exit code 2 if choices contradict each other or the run that is resumed, 3 if a
     *     table cannot be read or a series is too short
     */
    public ForecastRun(
            List<Path> inputs,
            SeriesColumns columns,
            StackChoice stack,
            ForecastChoice choice,
            TrainingChoice training,
            Consumer<String> notice) {
        this.stack = stack;
        this.choice = choice;
        this.training = training;
        ModelDirectory earlier = training.run().earlier();
        ForecastModel resumed = training.run().resume() ? resumed(earlier, columns) : null;
        InputFiles.check(inputs);
        InputTexts texts = InputTexts.read(inputs);
        Table table = Table.open(inputs);
        Columns read = columns.columns().in(table);
        if (!read.past().isEmpty() && choice.design().strategy() == Strategy.RECURSIVE) {
            throw LstmGpuException.usage(
                    "--strategy recursive needs at every step what --past says is not known; use --strategy direct");
        }
        this.series = resumed == null
                ? SeriesTable.read(table, read, null, null)
                : SeriesTable.read(table, read, resumed.format(), resumed.frequency());
        this.model = resumed == null ? choice.design().of(series) : resumed;
        long steps = series.series().stream().mapToLong(Series::length).sum();
        this.config = config(earlier, steps > MANY_STEPS ? LARGE_HIDDEN : HIDDEN);
        notice.accept(series.summary());
        notice.accept(model.summary());
        DataSource source = new DataSource(InputFiles.describe(inputs), texts.sha256(), texts, InputTexts.NONE);
        this.task =
                new ForecastTask(model, series.series(), (Head.Values) config.head(), source, choice.windowsApart());
        this.settings = settings(task.windows());
    }

    private ForecastModel resumed(ModelDirectory earlier, SeriesColumns columns) {
        ForecastModel found = Forecasts.model(earlier);
        String owner = training.run().owner();
        columns.refuseOthers(found.columns(), owner);
        choice.refuseOthers(found, earlier.config().head(), owner);
        return found;
    }

    private NetworkConfig config(ModelDirectory earlier, int hidden) {
        Head.Values head = choice.head(
                model.windows().strategy() == Strategy.DIRECT ? model.windows().horizon() : 1);
        if (training.run().resume()) {
            return stack.configOf(earlier.config(), training.run().owner());
        }
        return stack.config(new InputPart.Features(model.features()), new StackChoice.Stack(hidden, 1, 0), false, head);
    }

    private TrainingSettings settings(int windows) {
        int batch = windows >= MANY_WINDOWS ? LARGE_BATCH : Math.clamp(windows / 2, 1, BATCH);
        int every = Math.max(1, steps(windows, batch) / EVALUATIONS);
        TrainingSettings of = TrainingSettings.of(
                LEARNING_RATE,
                new TrainingSettings.Loop(
                        batch,
                        model.windows().input(),
                        choice.windowsApart(),
                        0,
                        TrainingSettings.UNLIMITED,
                        TrainingSettings.UNLIMITED,
                        0));
        TrainingSettings asked = training.settings(of.withPauses(every, SAVE_EVERY * every), stack.initialisation());
        int steps = steps(windows, asked.loop().batchSize());
        return training.fitting(asked, task, new RunLength(steps, steps));
    }

    private static int steps(int windows, int batch) {
        return Math.clamp(windows / batch, STEPS, MOST_STEPS);
    }

    @Override
    public NetworkConfig config() {
        return config;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public TrainingSettings settings() {
        return settings;
    }

    @Override
    public String split() {
        return "%s to train, %,d held out, %,d to test"
                .formatted(
                        Count.of(task.trainingLength(), "step"),
                        task.heldOutLength(),
                        (long) model.windows().test() * series.series().size());
    }

    /**
     * Called when the run has ended: finds out from what was held out how far the forecasts of the weights that were
     * kept may miss, and writes it beside them.
     */
    public void calibrate(Backend backend) {
        ModelDirectory directory = ModelDirectory.open(training.run().output());
        if (!directory.hasWeights()) {
            return;
        }
        try (directory) {
            directory.lock();
            ForecastModel trained = ForecastFile.read(directory);
            try (Network network = LoadedNetwork.on(
                    backend, directory, directory.config(), directory.weights(), RnnImplementation.AUTO)) {
                ForecastFile.write(
                        new Forecaster(network, trained).calibrated(series.series()),
                        directory.taskFile(ForecastFile.NAME));
            }
        }
    }
}
