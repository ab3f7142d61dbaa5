package lstmgpu.cli.flags;

import lstmgpu.runs.RegularisationChoice;
import picocli.CommandLine.Option;

/** What keeps a network from learning its data by heart. */
@FlagSection("Regularisation")
public final class RegularisationFlags {
    @Option(
            names = "--weight-drop",
            paramLabel = "P",
            description = "Probability of zeroing a recurrent weight for a whole step. Default: 0.")
    Float weightDrop;

    @Option(
            names = "--locked-dropout",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Drop the same units of a sequence at all of its steps (variational dropout).")
    Boolean locked;

    @Option(
            names = "--input-dropout",
            paramLabel = "P",
            description = "Probability of zeroing a number that the first layer reads. Default: 0.")
    Float inputDropout;

    @Option(
            names = "--output-dropout",
            paramLabel = "P",
            description = "Probability of zeroing a number that the output layer reads. Default: --dropout.")
    Float outputDropout;

    @Option(
            names = "--word-dropout",
            paramLabel = "P",
            description = "Probability of zeroing a token's embedding wherever it stands in a step. Default: 0.")
    Float wordDropout;

    @Option(
            names = "--activation-penalty",
            paramLabel = "X",
            description = "Of language models: X times the mean square of the last layer's outputs is added to what is"
                    + " learnt from. Default: 0.")
    Float activationPenalty;

    @Option(
            names = "--temporal-penalty",
            paramLabel = "X",
            description = "The same of their changes from step to step. Default: 0.")
    Float temporalPenalty;

    @Option(
            names = "--label-smoothing",
            paramLabel = "P",
            description = "Share of a target's probability that is spread over all tokens or classes; the losses that"
                    + " are shown stay those of the targets. Default: 0.")
    Float labelSmoothing;

    RegularisationChoice choice() {
        return new RegularisationChoice(
                weightDrop,
                inputDropout,
                outputDropout,
                wordDropout,
                locked,
                activationPenalty,
                temporalPenalty,
                labelSmoothing);
    }
}
