package lstmgpu.backend.reference;

import lstmgpu.backend.DeviceBuffer;
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
                memory.floats(losses, rows, "losses"),
                memory.optionalFloats(dLogits, rows * vocabulary, "dLogits"),
                best == null ? null : memory.ints(best, rows, "best"));
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
