package lstmgpu.backend.cpu;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LogSoftmaxSpec;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} on all cores. */
final class CpuLosses implements Losses {
    private final WorkerPool pool;
    private final SoftmaxCrossEntropy softmaxCrossEntropy;
    private final Clusters clusters;
    private final SquaredError squaredError;
    private final QuantileError quantileError;
    private final HuberError huberError;
    private final Weigh weigh;
    private final ActivationPenalty activationPenalty;

    CpuLosses(WorkerPool pool) {
        this.pool = pool;
        softmaxCrossEntropy = new SoftmaxCrossEntropy();
        clusters = new Clusters();
        squaredError = new SquaredError();
        quantileError = new QuantileError();
        huberError = new HuberError();
        weigh = new Weigh();
        activationPenalty = new ActivationPenalty();
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
        pool.run(softmaxCrossEntropy.of(logits, targets, vocabulary).into(losses, scale, smoothing, dLogits, best));
    }

    @Override
    public void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {
        Clusters.partition(tokens, cutoffs, behind, rows);
    }

    @Override
    public void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {
        pool.run(clusters.logSoftmax(logits, outer, spec, out));
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
    public void quantileError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        CpuBuffer t = CpuArguments.floats(target, 0, "target");
        CpuBuffer levels = CpuArguments.floats(quantiles, 1, "quantiles");
        long length = Math.multiplyExact(t.length(), levels.length());
        CpuBuffer x = CpuArguments.floats(prediction, length, "prediction");
        CpuBuffer out = CpuArguments.floats(losses, length, "losses");
        CpuBuffer slope = CpuArguments.floatsOrNull(dPrediction, length, "dPrediction");
        pool.run(quantileError.of(x, t, levels, scale, out, slope));
    }

    @Override
    public void huberError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        if (!(delta >= 0 && delta < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("delta must be finite and not below 0, not " + delta);
        }
        CpuBuffer x = CpuArguments.floats(prediction, 0, "prediction");
        CpuBuffer t = CpuArguments.floats(target, x.length(), "target");
        CpuBuffer out = CpuArguments.floats(losses, x.length(), "losses");
        CpuBuffer slope = CpuArguments.floatsOrNull(dPrediction, x.length(), "dPrediction");
        pool.run(huberError.of(x, t, delta, scale, out, slope));
    }

    @Override
    public void weigh(DeviceBuffer x, DeviceBuffer weights, int width) {
        CpuBuffer factors = CpuArguments.floats(weights, 0, "weights");
        CpuBuffer rows = CpuArguments.floats(x, Math.multiplyExact(factors.length(), (long) width), "x");
        pool.run(weigh.of(rows, factors, width));
    }

    @Override
    public void activationPenalty(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy) {
        CpuBuffer outputs = CpuArguments.floats(y, 0, "y");
        long width = CpuArguments.width(outputs, steps);
        pool.run(activationPenalty
                .of(outputs, width, CpuArguments.floats(dy, outputs.length(), "dy"))
                .by(alpha, beta));
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
