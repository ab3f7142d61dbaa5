package lstmgpu.backend.counted;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LogSoftmaxSpec;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} that takes no memory and computes nothing. */
final class CountedLosses implements Losses {
    @Override
    public void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            float smoothing,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {}

    @Override
    public void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {}

    @Override
    public void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {}

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {}

    @Override
    public void quantileError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {}

    @Override
    public void huberError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {}

    @Override
    public void weigh(DeviceBuffer x, DeviceBuffer weights, int width) {}

    @Override
    public void activationPenalty(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy) {}

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {}
}
