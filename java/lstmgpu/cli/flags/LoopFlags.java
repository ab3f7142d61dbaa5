package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.cli.report.Seconds;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Option;

/** How long to train, and what happens meanwhile. */
@FlagSection("Loop")
public final class LoopFlags {
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Sequences of a step, side by side. Default: see below.")
    Integer batchSize;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data. Default: what suits its size.")
    public Integer epochs;

    @Option(names = "--max-steps", paramLabel = "N", description = "Stop after N steps; 0 writes the initial model.")
    public Integer maxSteps;

    @Option(
            names = "--max-time",
            paramLabel = "TIME",
            description = "Train for this time, earlier starts of the run included: 90s, 30m, 1h30m. A cosine comes"
                    + " down over it, so such a run has other bits every time. Beside --epochs or --max-steps: stop"
                    + " after this time at the latest, to go on with --resume.")
    Seconds maxTime;

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            description = "Steps between two looks at what is held out. Default: an epoch, of little data several.")
    Integer evalEvery;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N such looks without a better loss. Default: never.")
    Integer patience;

    @Option(names = "--min-delta", paramLabel = "X", description = "What counts as better. Default: anything lower.")
    Double minDelta;

    @Option(
            names = "--save-every",
            paramLabel = "N",
            description = "Steps between two checkpoints. Default: as --eval-every, but at most 1,000.")
    Integer saveEvery;

    @Option(names = "--keep", paramLabel = "N", description = "Checkpoints to keep. Default: 2.")
    Integer keep;

    @Option(
            names = "--tensorboard",
            description = "Also write losses, rates, samples and histograms of the weights as event files, for"
                    + " tensorboard --logdir DIR.")
    boolean events;

    /** Steps or a time that are given, without epochs, are the only limit. */
    public TrainingSettings.Loop loop(TrainingSettings.Loop otherwise) {
        int passes = maxSteps != null || maxTime != null ? TrainingSettings.UNLIMITED : otherwise.epochs();
        return new TrainingSettings.Loop(
                Objects.requireNonNullElse(batchSize, otherwise.batchSize()),
                otherwise.seqLength(),
                otherwise.stepSize(),
                otherwise.resetState(),
                Objects.requireNonNullElse(epochs, passes),
                Objects.requireNonNullElse(
                        maxSteps, epochs != null ? TrainingSettings.UNLIMITED : otherwise.maxSteps()),
                maxTime == null ? otherwise.maxSeconds() : maxTime.value());
    }

    public TrainingSettings.Validation validation(TrainingSettings.Validation otherwise) {
        return new TrainingSettings.Validation(
                Objects.requireNonNullElse(evalEvery, otherwise.every()),
                Objects.requireNonNullElse(patience, otherwise.patience()),
                Objects.requireNonNullElse(minDelta, otherwise.minDelta()));
    }

    public TrainingSettings.Saving saving(TrainingSettings.Saving otherwise) {
        return new TrainingSettings.Saving(
                Objects.requireNonNullElse(saveEvery, otherwise.every()),
                Objects.requireNonNullElse(keep, otherwise.keep()),
                events || otherwise.events());
    }
}
