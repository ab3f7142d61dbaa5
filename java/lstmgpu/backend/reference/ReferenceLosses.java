package lstmgpu.backend.reference;

import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.LogSoftmaxSpec;
import lstmgpu.backend.Losses;
import lstmgpu.backend.StepClock;

/** {@link Losses} in plain loops and float64. */
class ReferenceLosses implements Losses {
    private final ReferenceMemory memory;

    ReferenceLosses(ReferenceMemory memory) {
        this.memory = memory;
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
        ReferenceBuffer wanted = memory.ints(targets, 0, "targets");
        long rows = wanted.length();
        ReferenceSoftmax.crossEntropy(
                memory.floats(logits, rows * vocabulary, "logits"),
                wanted,
                vocabulary,
                scale,
                smoothing,
                memory.floats(losses, rows, "losses"),
                memory.optionalFloats(dLogits, rows * vocabulary, "dLogits"),
                best == null ? null : memory.ints(best, rows, "best"));
    }

    @Override
    public void partition(DeviceBuffer tokens, DeviceBuffer cutoffs, int behind, ClusterRows rows) {
        ReferenceBuffer ids = memory.ints(tokens, 0, "tokens");
        ReferenceBuffer limits = memory.ints(cutoffs, 2, "cutoffs");
        long clusters = limits.length() - 1;
        ReferenceClusters.partition(
                ids,
                limits,
                behind,
                memory.ints(rows.entries(), ids.length(), "entries"),
                memory.ints(rows.places(), clusters * ids.length(), "places"),
                memory.ints(rows.inside(), clusters * ids.length(), "inside"),
                memory.ints(rows.counts(), clusters, "counts"));
    }

    @Override
    public void logSoftmax(DeviceBuffer logits, DeviceBuffer outer, LogSoftmaxSpec spec, DeviceBuffer out) {
        ReferenceClusters.logSoftmax(
                memory.floats(logits, (long) spec.rows() * spec.width(), "logits"),
                memory.optionalFloats(outer, (long) spec.rows() * spec.outerWidth(), "outer"),
                spec,
                memory.floats(out, (long) spec.rows() * spec.outputs(), "out"));
    }

    @Override
    public void squaredError(
            DeviceBuffer prediction, DeviceBuffer target, float scale, DeviceBuffer losses, DeviceBuffer dPrediction) {
        ReferenceBuffer x = memory.floats(prediction, 0, "prediction");
        ReferenceBuffer wanted = memory.floats(target, x.length(), "target");
        ReferenceBuffer loss = memory.floats(losses, x.length(), "losses");
        ReferenceBuffer slope = memory.optionalFloats(dPrediction, x.length(), "dPrediction");
        for (int i = 0; i < x.length(); i++) {
            double error = x.get(i) - wanted.get(i);
            loss.set(i, error * error);
            if (slope != null) {
                slope.set(i, 2 * (double) scale * error);
            }
        }
    }

    @Override
    public void quantileError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            DeviceBuffer quantiles,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        ReferenceBuffer wanted = memory.floats(target, 0, "target");
        ReferenceBuffer levels = memory.floats(quantiles, 1, "quantiles");
        int count = (int) levels.length();
        ReferenceBuffer x = memory.floats(prediction, wanted.length() * count, "prediction");
        ReferenceBuffer loss = memory.floats(losses, wanted.length() * count, "losses");
        ReferenceBuffer slope = memory.optionalFloats(dPrediction, wanted.length() * count, "dPrediction");
        for (int i = 0; i < wanted.length() * count; i++) {
            double q = levels.get(i % count);
            double error = wanted.get(i / count) - x.get(i);
            loss.set(i, Math.max(q * error, (q - 1) * error));
            if (slope != null) {
                double side = error > 0 ? -q : 1 - q;
                slope.set(i, scale * side * Math.abs(Math.signum(error)));
            }
        }
    }

    @Override
    public void huberError(
            DeviceBuffer prediction,
            DeviceBuffer target,
            float delta,
            float scale,
            DeviceBuffer losses,
            DeviceBuffer dPrediction) {
        if (Float.isNaN(delta) || Float.isInfinite(delta) || delta < 0) {
            throw new IllegalArgumentException("no bound of an error: " + delta);
        }
        ReferenceBuffer x = memory.floats(prediction, 0, "prediction");
        ReferenceBuffer wanted = memory.floats(target, x.length(), "target");
        ReferenceBuffer loss = memory.floats(losses, x.length(), "losses");
        ReferenceBuffer slope = memory.optionalFloats(dPrediction, x.length(), "dPrediction");
        for (int i = 0; i < x.length(); i++) {
            double error = x.get(i) - wanted.get(i);
            double within = Math.min(Math.abs(error), delta);
            double beyond = Math.abs(error) - within;
            loss.set(i, delta == 0 ? Math.abs(error) : within * within / 2 + delta * beyond);
            if (slope != null) {
                slope.set(i, scale * Math.signum(error) * (delta == 0 ? 1 : within));
            }
        }
    }

    @Override
    public void weigh(DeviceBuffer x, DeviceBuffer weights, int width) {
        ReferenceBuffer factors = memory.floats(weights, 0, "weights");
        ReferenceBuffer values = memory.floats(x, factors.length() * width, "x");
        for (int i = 0; i < factors.length() * width; i++) {
            double weight = factors.get(i / width);
            values.set(i, weight == 0 ? 0 : weight * values.get(i));
        }
    }

    @Override
    public void activationPenalty(DeviceBuffer y, int steps, float alpha, float beta, DeviceBuffer dy) {
        ReferenceBuffer outputs = memory.floats(y, 0, "y");
        ReferenceBuffer slopes = memory.floats(dy, outputs.length(), "dy");
        if (steps < 1 || outputs.length() % steps != 0) {
            throw new IllegalArgumentException(outputs.length() + " elements are not " + steps + " steps");
        }
        int width = Math.toIntExact(outputs.length() / steps);
        for (int j = 0; j < width; j++) {
            for (int t = 0; t < steps; t++) {
                slopes.add(t * width + j, alpha * outputs.get(t * width + j));
            }
            for (int t = 1; t < steps; t++) {
                double change = outputs.get(t * width + j) - outputs.get((t - 1) * width + j);
                slopes.add(t * width + j, beta * change);
                slopes.add((t - 1) * width + j, -beta * change);
            }
        }
    }

    @Override
    public void recordMean(DeviceBuffer losses, StepClock clock, DeviceBuffer history) {
        ReferenceBuffer places = memory.floats(history, 1, "history");
        places.set(
                (int) (memory.counter(clock, StepClock.STEP) % places.length()),
                mean(memory.floats(losses, 1, "losses")));
    }

    private static double mean(ReferenceBuffer losses) {
        double sum = 0;
        for (int n = 0; n < losses.length(); n++) {
            sum += losses.get(n);
        }
        return sum / losses.length();
    }
}
