package lstmgpu.cli.flags;

import java.util.Objects;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.train.Schedule;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Option;

/** How the weights learn. */
@FlagSection("Optimisation")
public final class OptimisationFlags {
    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = "adam, adamw, sgd, rmsprop or adagrad. Default: adam.")
    OptimizerSpec.Kind optimizer;

    @Option(
            names = {"--lr", "--learning-rate"},
            paramLabel = "X",
            description = "Learning rate. Default: see below.")
    Float learningRate;

    @Option(names = "--momentum", paramLabel = "X", description = "Of sgd and rmsprop. Default: 0.")
    Float momentum;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Pull towards zero. Default: 0.")
    Float weightDecay;

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

    public TrainingSettings.Optimisation optimisation(TrainingSettings.Optimisation otherwise) {
        return new TrainingSettings.Optimisation(
                Objects.requireNonNullElse(optimizer, otherwise.optimizer()),
                Objects.requireNonNullElse(learningRate, otherwise.learningRate()),
                Objects.requireNonNullElse(momentum, otherwise.momentum()),
                Objects.requireNonNullElse(weightDecay, otherwise.weightDecay()),
                Objects.requireNonNullElse(gradClip, otherwise.gradClip()));
    }

    public TrainingSettings.Rate rate(TrainingSettings.Rate otherwise) {
        return new TrainingSettings.Rate(
                Objects.requireNonNullElse(schedule, otherwise.schedule()),
                Objects.requireNonNullElse(warmupSteps, otherwise.warmupSteps()),
                Objects.requireNonNullElse(decay, otherwise.decay()),
                Objects.requireNonNullElse(decayEvery, otherwise.decayEvery()));
    }
}
