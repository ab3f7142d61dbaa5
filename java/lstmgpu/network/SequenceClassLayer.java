package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** The logits of a sequence's class, from the last of its steps, and the loss of each lane. */
final class SequenceClassLayer extends HeadLayer {
    private final int lanes;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer best;
    private final DeviceBuffer lastGradient;
    private DeviceBuffer lastStep;
    private DeviceBuffer cutFrom;

    SequenceClassLayer(
            Network network, Resources memory, int rows, int lanes, DeviceBuffer targets, DeviceBuffer gradients) {
        super(network, memory, rows, targets, gradients);
        this.lanes = lanes;
        boolean judged = targets != null;
        this.logits = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) lanes, (long) size));
        this.losses = judged ? memory.alloc(ElementType.FLOAT32, lanes) : null;
        this.best = judged && gradients == null ? memory.alloc(ElementType.INT32, lanes) : null;
        // The gradient by the steps before the last is zero, as the memory was when it was allocated.
        this.lastGradient = rowsOf(outputGradient(), rows - lanes, lanes, hiddenSize);
    }

    @Override
    DeviceBuffer losses() {
        return losses;
    }

    @Override
    DeviceBuffer best() {
        return best;
    }

    @Override
    void predict(DeviceBuffer y) {
        project(lastStepOf(y), lanes, logits);
    }

    @Override
    DeviceBuffer predictions() {
        return logits;
    }

    @Override
    void judge(DeviceBuffer y) {
        predict(y);
        backend.softmaxCrossEntropy(logits, targets, size, 1, losses, null, best);
    }

    @Override
    void differentiate(DeviceBuffer y) {
        predict(y);
        backend.softmaxCrossEntropy(logits, targets, size, 1.0f / lanes, losses, logits, null);
        projectBack(lastStepOf(y), logits, lanes, lastGradient);
    }

    /** A plan returns the same buffer each time, so the slice is cut once and a step allocates nothing. */
    @SuppressWarnings("ReferenceEquality")
    private DeviceBuffer lastStepOf(DeviceBuffer y) {
        if (y != cutFrom) {
            lastStep = rowsOf(y, rows - lanes, lanes, hiddenSize);
            cutFrom = y;
        }
        return lastStep;
    }
}
