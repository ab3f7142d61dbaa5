package lstmgpu.train;

import static lstmgpu.train.TrainingSettings.require;

import java.util.List;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.WeightGroup;

/**
 * How the weights learn.
 *
 * @param learningRate where the schedule begins
 * @param decayOnly the groups of weights that weight decay pulls; empty for all
 * @param gradClip largest global norm of the gradients; 0 means no clipping
 */
public record OptimiserSettings(
        OptimizerSpec.Kind optimizer,
        float learningRate,
        float momentum,
        float weightDecay,
        List<WeightGroup> decayOnly,
        float gradClip) {
    /** Records of runs from before there were groups have none. */
    public OptimiserSettings {
        decayOnly = decayOnly == null ? List.of() : List.copyOf(decayOnly);
        require(learningRate > 0 && Float.isFinite(learningRate), "--lr must be above 0", learningRate);
        require(momentum >= 0 && momentum < 1, "--momentum must lie in [0, 1)", momentum);
        require(weightDecay >= 0 && Float.isFinite(weightDecay), "--weight-decay must be 0 or above", weightDecay);
        require(gradClip >= 0 && Float.isFinite(gradClip), "--grad-clip must be 0 (off) or above", gradClip);
    }

    public static OptimiserSettings defaults() {
        return new OptimiserSettings(OptimizerSpec.Kind.ADAM, 2e-3f, 0, 0, List.of(), 1);
    }

    /** What the backend needs of it. */
    public OptimizerSpec spec() {
        return OptimizerSpec.of(optimizer, momentum, weightDecay, gradClip);
    }

    /** The same from another learning rate. */
    OptimiserSettings withLearningRate(float rate) {
        return new OptimiserSettings(optimizer, rate, momentum, weightDecay, decayOnly, gradClip);
    }
}
