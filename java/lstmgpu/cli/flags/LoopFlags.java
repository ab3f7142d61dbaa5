package lstmgpu.cli.flags;

import lstmgpu.cli.report.Seconds;
import lstmgpu.runs.LoopChoice;
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
    Integer epochs;

    @Option(names = "--max-steps", paramLabel = "N", description = "Stop after N steps; 0 writes the initial model.")
    Integer maxSteps;

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

    LoopChoice choice() {
        return new LoopChoice(
                batchSize,
                epochs,
                maxSteps,
                maxTime == null ? null : maxTime.value(),
                evalEvery,
                patience,
                minDelta,
                saveEvery,
                keep,
                events);
    }
}
