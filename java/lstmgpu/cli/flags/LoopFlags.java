package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.cli.report.Seconds;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Option;

/** How long to train, over what, and what happens meanwhile. */
@FlagSection("Loop")
public final class LoopFlags {
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Sequences that read the text side by side. Default: the preset's.")
    Integer batchSize;

    @Option(
            names = {"--seq-length", "--bptt"},
            paramLabel = "N",
            description = "Earlier tokens that a step looks back over. Default: the preset's.")
    Integer seqLength;

    @Option(
            names = "--step-size",
            paramLabel = "N",
            description = "Sliding windows that start N tokens apart, each from a zero state. Default:"
                    + " state is carried along the text.")
    Integer stepSize;

    @Option(
            names = "--reset-state",
            paramLabel = "P",
            description =
                    "Where state is carried, a sequence begins a step from a zero state with this probability, as a"
                            + " text begins that the model is to write; 0 means only once an epoch. Default: 0.02.")
    Float resetState;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the text. Default: the preset's, which follow the size of the text.")
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
            description = "Steps between two looks at the held-out text. Default: an epoch, of a small text several.")
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

    @Option(
            names = "--sample-every",
            paramLabel = "N",
            description = "Steps between two samples of what the model writes. Default: as --eval-every.")
    Integer sampleEvery;

    @Option(names = "--sample-prompt", paramLabel = "TEXT", description = "What such a sample continues.")
    String samplePrompt;

    @Option(
            names = "--sample-length",
            paramLabel = "N",
            description = "Tokens of such a sample; 0 means none. Default: 200.")
    Integer sampleLength;

    /** Steps or a time that are given, without epochs, are the only limit. */
    public TrainingSettings.Loop loop(TrainingSettings.Loop otherwise) {
        int passes = maxSteps != null || maxTime != null ? TrainingSettings.UNLIMITED : otherwise.epochs();
        return new TrainingSettings.Loop(
                Objects.requireNonNullElse(batchSize, otherwise.batchSize()),
                Objects.requireNonNullElse(seqLength, otherwise.seqLength()),
                Objects.requireNonNullElse(stepSize, otherwise.stepSize()),
                Objects.requireNonNullElse(resetState, otherwise.resetState()),
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

    public TrainingSettings.Samples samples(TrainingSettings.Samples otherwise) {
        return new TrainingSettings.Samples(
                Objects.requireNonNullElse(sampleEvery, otherwise.every()),
                Objects.requireNonNullElse(samplePrompt, otherwise.prompt()),
                Objects.requireNonNullElse(sampleLength, otherwise.length()));
    }
}
