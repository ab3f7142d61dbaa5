package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} as launches of the portable kernels. */
final class KernelLosses implements Losses {
    private final SumOfSquares sumOfSquares;
    private final SoftmaxCrossEntropy softmaxCrossEntropy;
    private final SquaredError squaredError;

    KernelLosses(KernelDevice device, SumOfSquares sumOfSquares) {
        this.sumOfSquares = sumOfSquares;
        softmaxCrossEntropy = new SoftmaxCrossEntropy(device);
        squaredError = new SquaredError(device);
    }

    @Override
    public void softmaxCrossEntropy(
            DeviceBuffer logits,
            DeviceBuffer targets,
            int vocabulary,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dLogits,
            DeviceBuffer best) {
        softmaxCrossEntropy.apply(logits, targets, vocabulary, scale, losses, dLogits, best);
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        squaredError.apply(prediction, target, scale, losses, dPrediction);
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        sumOfSquares.recordMean(losses, clock, history);
    }
}
