package lstmgpu.cli.flags;

import java.util.List;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.WeightGroup;
import lstmgpu.runs.OptimisationChoice;
import lstmgpu.train.Schedule;
import picocli.CommandLine.Option;

/** How the weights learn. */
@FlagSection("Optimisation")
public final class OptimisationFlags {
    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "adam, adamw, sgd, rmsprop or adagrad. Default: adam, or adamw where a preset has weight"
                    + " decay.")
    OptimizerSpec.Kind optimizer;

    @Option(
            names = {"--lr", "--learning-rate"},
            paramLabel = "X",
            description = "Learning rate. Default: see below.")
    Float learningRate;

    @Option(names = "--momentum", paramLabel = "X", description = "Of sgd and rmsprop. Default: 0.")
    Float momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            description = "Pull towards zero. Default: that of the preset with its own optimizer, otherwise 0.")
    Float weightDecay;

    @Option(
            names = "--decay-only",
            split = ",",
            paramLabel = "GROUP",
            description = "Weights that --weight-decay pulls, several with commas: input, recurrent, output, embedding,"
                    + " biases, or matrices for the first three. Default: matrices where a preset has weight decay,"
                    + " otherwise all.")
    List<WeightGroup> decayOnly;

    @Option(
            names = "--grad-clip",
            paramLabel = "X",
            description = "Largest norm of all gradients together; 0 turns it off. Default: 1.")
    Float gradClip;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "Learning rate over time: constant, step, exponential, cosine or plateau.")
    Schedule.Kind schedule;

    @Option(
            names = "--warmup-steps",
            paramLabel = "N",
            description = "Steps in which the learning rate rises from 0. Default: 0.")
    Integer warmupSteps;

    @Option(
            names = "--lr-decay",
            paramLabel = "X",
            description = "Factor of step, exponential and plateau. Default: 0.5.")
    Float decay;

    @Option(
            names = "--decay-every",
            paramLabel = "N",
            description = "Steps between two decays (plateau: evaluations without progress). Default: an"
                    + " epoch (plateau: 1).")
    Integer decayEvery;

    OptimisationChoice choice() {
        return new OptimisationChoice(
                optimizer,
                learningRate,
                momentum,
                weightDecay,
                decayOnly,
                gradClip,
                schedule,
                warmupSteps,
                decay,
                decayEvery);
    }
}
