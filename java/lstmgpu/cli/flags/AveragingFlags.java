package lstmgpu.cli.flags;

import lstmgpu.runs.AveragingChoice;
import lstmgpu.train.Averaging;
import picocli.CommandLine.Option;

/** Which average of the weights becomes the model. */
@FlagSection("Averages of the weights")
public final class AveragingFlags {
    @Option(
            names = "--average",
            paramLabel = "NAME",
            description =
                    "The weights that are judged, saved and sampled from: off (those of the last step), ema (their"
                            + " exponential average) or asgd (their mean, once the held-out loss stops getting better)."
                            + " Default: off.")
    Averaging.Kind kind;

    @Option(
            names = "--average-decay",
            paramLabel = "X",
            description = "Of ema: what is left of a step's weights after another step. Default: 0.999.")
    Float decay;

    @Option(
            names = "--average-after",
            paramLabel = "N",
            description = "Of asgd: the mean begins when a loss is above the lowest of all before but the last N."
                    + " Default: 5.")
    Integer after;

    AveragingChoice choice() {
        return new AveragingChoice(kind, decay, after);
    }
}
