package lstmgpu.backend.kernels;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LogSoftmaxSpec;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} as launches of the portable kernels. */
final class KernelLosses implements Losses {
    private final SumOfSquares sumOfSquares;
    private final SoftmaxCrossEntropy softmaxCrossEntropy;
    private final Clusters clusters;
    private final SquaredError squaredError;
    private final QuantileError quantileError;
    private final HuberError huberError;
    private final Weigh weigh;
    private final ActivationPenalty activationPenalty;

    KernelLosses(KernelDevice device, SumOfSquares sumOfSquares) {
        this.sumOfSquares = sumOfSquares;
        softmaxCrossEntropy = new SoftmaxCrossEntropy(device);
        clusters = new Clusters(device);
        squaredError = new SquaredError(device);
        quantileError = new QuantileError(device);
        huberError = new HuberError(device);
        weigh = new Weigh(device);
        activationPenalty = new ActivationPenalty(device);
    }

    @Override
    public void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            float smoothing,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {
        softmaxCrossEntropy.apply(logits, targets, vocabulary, scale, smoothing, losses, dLogits, best);
    }

    @Override
    public void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {
        clusters.partition(tokens, cutoffs, behind, rows);
    }

    @Override
    public void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {
        clusters.logSoftmax(logits, outer, spec, out);
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        squaredError.apply(prediction, target, scale, losses, dPrediction);
    }

    @Override
    public void quantileError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        quantileError.apply(prediction, target, quantiles, scale, losses, dPrediction);
    }

    @Override
    public void huberError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        huberError.apply(prediction, target, delta, scale, losses, dPrediction);
    }

    @Override
    public void weigh(DeviceBuffer x, DeviceBuffer weights, int width) {
        weigh.apply(x, weights, width);
    }

    @Override
    public void activationPenalty(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy) {
        activationPenalty.apply(y, steps, alpha, beta, dy);
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        sumOfSquares.recordMean(losses, clock, history);
    }
}
