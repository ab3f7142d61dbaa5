package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} on all cores. */
final class CpuLosses implements Losses {
    private final WorkerPool pool;
    private final SoftmaxCrossEntropy softmaxCrossEntropy;
    private final SquaredError squaredError;

    CpuLosses(WorkerPool pool) {
        this.pool = pool;
        softmaxCrossEntropy = new SoftmaxCrossEntropy();
        squaredError = new SquaredError();
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
        pool.run(softmaxCrossEntropy.of(logits, targets, vocabulary).into(losses, scale, dLogits, best));
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        CpuBuffer x = CpuArguments.floats(prediction, 0, "prediction");
        CpuBuffer t = CpuArguments.floats(target, x.length(), "target");
        CpuBuffer out = CpuArguments.floats(losses, x.length(), "losses");
        CpuBuffer slope = dPrediction == null ? null : CpuArguments.floats(dPrediction, x.length(), "dPrediction");
        pool.run(squaredError.of(x, t, scale, out, slope));
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        CpuBuffer from = CpuArguments.floats(losses, 1, "losses");
        CpuBuffer to = CpuArguments.floats(history, 1, "history");
        double sum = 0;
        for (long n = 0; n < from.length(); n++) {
            sum += from.getFloat(n);
        }
        to.setFloat(CpuArguments.counter(clock, StepClock.STEP) % to.length(), (float) (sum / from.length()));
    }
}
