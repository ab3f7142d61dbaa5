package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/** The logits of a sequence's class, from the last of its steps, and the loss of each sequence. */
final class SequenceClassLayer extends HeadLayer {
    private final int sequences;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer best;
    private final DeviceBuffer lastGradient;
    private DeviceBuffer lastStep;
    private DeviceBuffer cutFrom;

    SequenceClassLayer(
            Network network, Resources memory, int rows, int sequences, DeviceBuffer targets, DeviceBuffer gradients) {
        super(network, memory, rows, targets, gradients);
        this.sequences = sequences;
        boolean judged = targets != null;
        this.logits = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) sequences, (long) size));
        this.losses = judged ? memory.alloc(ElementType.FLOAT32, sequences) : null;
        this.best = judged && gradients == null ? memory.alloc(ElementType.INT32, sequences) : null;
        // The gradient by the steps before the last is zero, as the memory was when it was allocated.
        this.lastGradient = rowsOf(outputGradient(), rows - sequences, sequences, hiddenSize);
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
        project(lastStepOf(y), sequences, logits);
    }

    @Override
    DeviceBuffer predictions() {
        return logits;
    }

    @Override
    void judge(DeviceBuffer y) {
        predict(y);
        backend.losses().softmaxCrossEntropy(logits, targets, size, 1, losses, null, best);
    }

    @Override
    void differentiate(DeviceBuffer y) {
        predict(y);
        backend.losses().softmaxCrossEntropy(logits, targets, size, 1.0f / sequences, losses, logits, null);
        projectBack(lastStepOf(y), logits, sequences, lastGradient);
    }

    /** A plan returns the same buffer each time, so the slice is cut once and a step allocates nothing. */
    @SuppressWarnings("ReferenceEquality")
    private DeviceBuffer lastStepOf(DeviceBuffer y) {
        if (y != cutFrom) {
            lastStep = rowsOf(y, rows - sequences, sequences, hiddenSize);
            cutFrom = y;
        }
        return lastStep;
    }
}
