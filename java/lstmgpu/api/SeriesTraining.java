package lstmgpu.api;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import lstmgpu.runs.ForecastChoice;
import lstmgpu.runs.ForecastRun;
import lstmgpu.runs.SeriesColumns;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.forecast.Scale;
import lstmgpu.task.forecast.Strategy;

/** How a model that forecasts series is trained; see {@link SeriesModel#training}. */
public final class SeriesTraining extends Training<SeriesTraining> {
    private static final double PERCENT = 100;

    SeriesTraining(Wishes wishes, TrainingListener listener) {
        super(wishes, listener);
    }

    @Override
    SeriesTraining with(Wishes other, TrainingListener hears) {
        return new SeriesTraining(other, hears);
    }

    /**
     * {@return these settings with other steps to forecast}
     *
     * @param steps at least 1. Default: 12
     */
    public SeriesTraining horizon(int steps) {
        return set("--horizon", steps);
    }

    /**
     * {@return these settings with other steps that a forecast looks back over}
     *
     * @param steps at least 1. Default: follows from season and horizon
     */
    public SeriesTraining inputSize(int steps) {
        return set("--input-size", steps);
    }

    /**
     * {@return these settings with windows closer together or further apart}
     *
     * @param steps between two of them, at least 1. Default: 1
     */
    public SeriesTraining stepSize(int steps) {
        return set("--step-size", steps);
    }

    /**
     * {@return these settings with another season}
     *
     * @param steps after which series repeat themselves; 1 for none. Default: found in the data
     */
    public SeriesTraining season(int steps) {
        return set("--season", steps);
    }

    /**
     * {@return these settings with another loss, by which the network is judged}
     *
     * @param name mae, mse, huber or quantile. Default: mae
     */
    public SeriesTraining loss(String name) {
        return set("--loss", name);
    }

    /**
     * {@return these settings with another scale of each series}
     *
     * @param name standard, robust, minmax, log or none. Default: follows from the data
     */
    public SeriesTraining scale(String name) {
        return set("--scale", name);
    }

    /**
     * {@return these settings with another way to forecast several steps}
     *
     * @param name direct (all steps at once) or recursive (one after the other). Default: direct
     */
    public SeriesTraining strategy(String name) {
        return set("--strategy", name);
    }

    /**
     * {@return these settings with another end of each series, by which training is judged and bands are measured}
     *
     * @param steps at that end. Default: a fifth
     */
    public SeriesTraining valSize(int steps) {
        return set("--val-size", steps);
    }

    /**
     * {@return these settings with steps at the very end of each series that training does not see}
     *
     * @param steps so many. Default: 0
     */
    public SeriesTraining testSize(int steps) {
        return set("--test-size", steps);
    }

    /**
     * {@return these settings with other bands, which the loss quantile learns}
     *
     * @param percent of each, between 0 and 100. Default: 80, 95
     */
    public SeriesTraining level(double... percent) {
        return set("--level", Arrays.stream(percent).boxed().toList());
    }

    /**
     * {@return these settings with times in another column of a table}
     *
     * @param name of it. Default: ds, or the first of two columns; otherwise rows follow each other
     */
    public SeriesTraining timeColumn(String name) {
        return set("--time", name);
    }

    /**
     * {@return these settings with values in another column of a table}
     *
     * @param name of it. Default: y, or the last of two columns
     */
    public SeriesTraining targetColumn(String name) {
        return set("--target", name);
    }

    /**
     * {@return these settings with another column of a table that names the series of a row}
     *
     * @param name of it. Default: unique_id; otherwise there is one series
     */
    public SeriesTraining seriesColumn(String name) {
        return set("--series", name);
    }

    /**
     * {@return these settings with covariates that are known ahead, such as prices that are planned}
     *
     * @param columns of a table
     */
    public SeriesTraining known(String... columns) {
        return set("--known", List.of(columns));
    }

    /**
     * {@return these settings with covariates that are not known ahead}
     *
     * @param columns of a table
     */
    public SeriesTraining past(String... columns) {
        return set("--past", List.of(columns));
    }

    /**
     * {@return these settings with or without commas in the decimals of a table}
     *
     * @param commas whether they have them. Default: no
     */
    public SeriesTraining decimalComma(boolean commas) {
        return set("--decimal-comma", commas);
    }

    /**
     * Trains, on the thread that calls, to the end of the run.
     *
     * @param device on which it trains, and the model then lies
     * @param series one or several, which one network learns
     * @param folder for the model; missing, empty, or as {@link #overwrite} and {@link #resume} say
     * @return the model on the device, with the weights that were best on what was held out
     * @throws LstmException as {@link TextTraining#train}
     */
    public SeriesModel train(Device device, Series series, Path folder) {
        return train(
                device,
                series.input(),
                folder,
                wishes(),
                (files, choice) ->
                        new ForecastRun(files, columns(), wishes().stack(), choice(), choice, listener()::notice),
                result -> new SeriesModel(device, ModelDirectory.open(folder), result));
    }

    private SeriesColumns columns() {
        Wishes wishes = wishes();
        return new SeriesColumns(
                wishes.get("--time", String.class),
                wishes.get("--target", String.class),
                wishes.get("--series", String.class),
                names("--known"),
                names("--past"),
                wishes.isSet("--decimal-comma"));
    }

    private List<String> names(String flag) {
        List<?> names = wishes().get(flag, List.class);
        return names == null ? null : names.stream().map(String.class::cast).toList();
    }

    private ForecastChoice choice() {
        Wishes wishes = wishes();
        List<?> percent = wishes.get("--level", List.class);
        return new ForecastChoice(
                wishes.integer("--horizon"),
                wishes.integer("--input-size"),
                wishes.integer("--step-size"),
                wishes.integer("--season"),
                wishes.choice("--loss", ForecastChoice.Loss.class),
                wishes.choice("--scale", Scale.class),
                wishes.choice("--strategy", Strategy.class),
                wishes.integer("--val-size"),
                wishes.integer("--test-size"),
                percent == null
                        ? null
                        : shares(
                                percent.stream().mapToDouble(Double.class::cast).toArray()));
    }

    /** Levels as shares, rising, of percent. */
    static List<Double> shares(double... percent) {
        for (double level : percent) {
            if (!(level > 0 && level < PERCENT)) {
                throw lstmgpu.LstmGpuException.usage(
                        "--level %s: levels are numbers between 0 and 100, such as 80", level);
            }
        }
        return Arrays.stream(percent)
                .map(level -> level / PERCENT)
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }
}
