package lstmgpu.cli.flags;

import lstmgpu.LstmGpuException;
import lstmgpu.runs.ForecastChoice;
import lstmgpu.task.forecast.Levels;
import lstmgpu.task.forecast.Scale;
import lstmgpu.task.forecast.Strategy;
import picocli.CommandLine.Option;

/** What is forecast, and from what. */
@FlagSection("Forecast")
public final class ForecastFlags {
    private static final String AUTO = "auto";

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
    ForecastChoice.Loss loss;

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

    public ForecastChoice choice() {
        return new ForecastChoice(
                horizon,
                input,
                apart,
                season == null || season.equals(AUTO) ? null : season(),
                loss,
                scale,
                strategy,
                heldOut,
                test,
                level == null ? null : Levels.of(level));
    }

    private int season() {
        try {
            return Integer.parseInt(season);
        } catch (NumberFormatException noNumber) {
            throw LstmGpuException.usage("--season is a number of steps or auto, not '%s'", season);
        }
    }
}
