package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.train.Schedule;
import lstmgpu.train.TrainingSettings;

/**
 * How the weights are to learn; null where nothing is said. {@link TrainingSettings.Optimisation} and
 * {@link TrainingSettings.Rate} say what each means.
 */
public record OptimisationChoice(
        OptimizerSpec.Kind optimizer,
        Float learningRate,
        Float momentum,
        Float weightDecay,
        Float gradClip,
        Schedule.Kind schedule,
        Integer warmupSteps,
        Float decay,
        Integer decayEvery) {
    TrainingSettings.Optimisation optimisation(TrainingSettings.Optimisation otherwise) {
        return new TrainingSettings.Optimisation(
                Objects.requireNonNullElse(optimizer, otherwise.optimizer()),
                Objects.requireNonNullElse(learningRate, otherwise.learningRate()),
                Objects.requireNonNullElse(momentum, otherwise.momentum()),
                Objects.requireNonNullElse(weightDecay, otherwise.weightDecay()),
                Objects.requireNonNullElse(gradClip, otherwise.gradClip()));
    }

    TrainingSettings.Rate rate(TrainingSettings.Rate otherwise) {
        return new TrainingSettings.Rate(
                Objects.requireNonNullElse(schedule, otherwise.schedule()),
                Objects.requireNonNullElse(warmupSteps, otherwise.warmupSteps()),
                Objects.requireNonNullElse(decay, otherwise.decay()),
                Objects.requireNonNullElse(decayEvery, otherwise.decayEvery()));
    }
}
