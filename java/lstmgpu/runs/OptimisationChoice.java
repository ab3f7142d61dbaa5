package lstmgpu.runs;

import java.util.List;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.WeightGroup;
import lstmgpu.train.OptimiserSettings;
import lstmgpu.train.RateSettings;
import lstmgpu.train.Schedule;

/**
 * How the weights are to learn; null where nothing is said. {@link OptimiserSettings} and
 * {@link RateSettings} say what each means.
 */
public record OptimisationChoice(
        OptimizerSpec.Kind optimizer,
        Float learningRate,
        Float momentum,
        Float weightDecay,
        List<WeightGroup> decayOnly,
        Float gradClip,
        Schedule.Kind schedule,
        Integer warmupSteps,
        Float decay,
        Integer decayEvery) {
    /** @param otherwise where nothing is said; its weight decay is meant for its own optimiser */
    OptimiserSettings optimisation(OptimiserSettings otherwise) {
        boolean another = optimizer != null && optimizer != otherwise.optimizer();
        float usualDecay = another ? 0 : otherwise.weightDecay();
        if (decayOnly != null && Objects.requireNonNullElse(weightDecay, usualDecay) == 0) {
            throw LstmGpuException.usage("--decay-only says which weights --weight-decay pulls; add it");
        }
        return new OptimiserSettings(
                Objects.requireNonNullElse(optimizer, otherwise.optimizer()),
                Objects.requireNonNullElse(learningRate, otherwise.learningRate()),
                Objects.requireNonNullElse(momentum, otherwise.momentum()),
                Objects.requireNonNullElse(weightDecay, usualDecay),
                Objects.requireNonNullElse(decayOnly, another ? List.of() : otherwise.decayOnly()),
                Objects.requireNonNullElse(gradClip, otherwise.gradClip()));
    }

    RateSettings rate(RateSettings otherwise) {
        return new RateSettings(
                Objects.requireNonNullElse(schedule, otherwise.schedule()),
                Objects.requireNonNullElse(warmupSteps, otherwise.warmupSteps()),
                Objects.requireNonNullElse(decay, otherwise.decay()),
                Objects.requireNonNullElse(decayEvery, otherwise.decayEvery()));
    }
}
