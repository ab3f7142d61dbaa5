package lstmgpu.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Choices;
import lstmgpu.network.Head;
import lstmgpu.network.ValueLoss;
import lstmgpu.task.forecast.ForecastDesign;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Scale;
import lstmgpu.task.forecast.Strategy;
import picocli.CommandLine.Option;

/** What is forecast, and from what. */
@FlagSection("Forecast")
public final class ForecastFlags {
    private static final int HORIZON = 12;
    private static final String AUTO = "auto";
    private static final String LEVELS = "80,95";
    private static final float MEDIAN = 0.5f;

    /** What a network is judged by. */
    public enum Loss {
        MAE,
        MSE,
        HUBER,
        QUANTILE
    }

    @Option(names = "--horizon", paramLabel = "N", description = "Steps to forecast. Default: 12.")
    Integer horizon;

    @Option(
            names = "--input-size",
            paramLabel = "N",
            description = "Steps that a forecast looks back over. Default: follows from season and horizon.")
    Integer input;

    @Option(names = "--step-size", paramLabel = "N", description = "Steps between two windows. Default: 1.")
    Integer apart;

    @Option(
            names = "--season",
            paramLabel = "N|auto",
            description = "Steps after which series repeat themselves; 1 for none. Default: auto, found in the data.")
    String season;

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            description = "mae, mse, huber or quantile (of the bands that --level names). Default: mae.")
    public Loss loss;

    @Option(
            names = "--scale",
            paramLabel = "NAME",
            description =
                    "Of each series: standard, robust, minmax, log or none. Default: log where all is positive and"
                            + " what is large changes more, otherwise standard.")
    Scale scale;

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "direct (all steps at once) or recursive (one after the other). Default: direct.")
    Strategy strategy;

    @Option(
            names = "--val-size",
            paramLabel = "N",
            description = "Steps at the end of each series by which training is judged and bands are measured. Default:"
                    + " a fifth, at least the horizon.")
    Integer heldOut;

    @Option(
            names = "--test-size",
            paramLabel = "N",
            description = "Steps at the very end that training does not see, for backtest. Default: 0.")
    Integer test;

    @Option(names = "--level", paramLabel = "P,..", description = "Bands of --loss quantile. Default: 80,95.")
    String level;

    public int apart() {
        int steps = Objects.requireNonNullElse(apart, 1);
        if (steps < 1) {
            throw LstmGpuException.usage("--step-size must be 1 or above, not %d", steps);
        }
        return steps;
    }

    public ForecastDesign design() {
        return new ForecastDesign(
                Objects.requireNonNullElse(horizon, HORIZON),
                input,
                season == null || season.equals(AUTO) ? null : season(),
                scale,
                Objects.requireNonNullElse(strategy, Strategy.DIRECT),
                heldOut,
                Objects.requireNonNullElse(test, 0));
    }

    /** Exit code 2 for a flag that contradicts the run that is resumed. */
    public void refuseOthers(ForecastModel model, Head head, String owner) {
        ForecastModel.Windows windows = model.windows();
        CellFlags.refuse("--horizon", horizon, windows.horizon(), owner);
        CellFlags.refuse("--input-size", input, windows.input(), owner);
        CellFlags.refuse("--season", design().season(), model.guess().season(), owner);
        CellFlags.refuse("--scale", name(scale), name(model.guess().scale()), owner);
        CellFlags.refuse("--strategy", name(strategy), name(windows.strategy()), owner);
        CellFlags.refuse("--val-size", heldOut, windows.heldOut(), owner);
        CellFlags.refuse("--test-size", test, windows.test(), owner);
        if (loss != null && !head(((Head.Values) head).targets()).equals(head)) {
            throw LstmGpuException.usage(
                    "%s was trained with another --loss than %s, or other levels, which cannot be changed; leave the"
                            + " flag out",
                    owner, name(loss));
        }
    }

    private static String name(Enum<?> value) {
        return value == null ? null : Choices.name(value);
    }

    private int season() {
        try {
            return Integer.parseInt(season);
        } catch (NumberFormatException noNumber) {
            throw LstmGpuException.usage("--season is a number of steps or auto, not '%s'", season);
        }
    }

    /** Of a network that predicts so many values at each step. */
    public Head.Values head(int targets) {
        if (level != null && loss != Loss.QUANTILE) {
            throw LstmGpuException.usage(
                    "--level is for --loss quantile here; bands of other losses are asked for when forecasting");
        }
        return new Head.Values(
                targets,
                switch (Objects.requireNonNullElse(loss, Loss.MAE)) {
                    case MAE -> new ValueLoss.Absolute();
                    case MSE -> new ValueLoss.Squared();
                    case HUBER -> new ValueLoss.Huber(1);
                    case QUANTILE -> new ValueLoss.Quantiles(quantiles());
                });
    }

    private List<Float> quantiles() {
        if (strategy == Strategy.RECURSIVE) {
            throw LstmGpuException.usage("--strategy recursive reads its own forecasts, which are no quantiles; use"
                    + " --strategy direct or another --loss");
        }
        TreeSet<Float> quantiles = new TreeSet<>(List.of(MEDIAN));
        for (double share : Levels.of(Objects.requireNonNullElse(level, LEVELS))) {
            quantiles.add((float) ((1 - share) / 2));
            quantiles.add((float) ((1 + share) / 2));
        }
        return new ArrayList<>(quantiles);
    }
}
