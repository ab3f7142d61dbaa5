package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;

/** The logits of a sequence's class, from one vector that stands for its steps, and the loss of each sequence. */
final class SequenceClassLayer extends HeadLayer {
    private final SequencePool pool;
    private final int allSequences;
    private final LinearSpec all;
    private final DeviceBuffer pooled;
    private final DeviceBuffer pooledGradient;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer best;

    SequenceClassLayer(
            Network network,
            Resources memory,
            Head.SequenceClass head,
            Batch.Form form,
            Batch batch,
            DeviceBuffer gradients) {
        super(network, memory, form, batch, gradients);
        int sequences = form.sequences();
        this.pool = new SequencePool(network, memory, head.pooling(), batch, units);
        this.all = projection(sequences);
        this.allSequences = form.share().all();
        boolean judged = batch.targets() != null;
        long vectors = Math.multiplyExact((long) sequences, (long) units);
        this.pooled = memory.alloc(ElementType.FLOAT32, vectors);
        this.pooledGradient = gradients == null ? null : memory.alloc(ElementType.FLOAT32, vectors);
        this.logits = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) sequences, (long) size));
        this.losses = judged ? memory.alloc(ElementType.FLOAT32, sequences) : null;
        this.best = judged && gradients == null ? memory.alloc(ElementType.INT32, sequences) : null;
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
        pool.pool(y, pooled);
        project(pooled, all, logits);
    }

    @Override
    DeviceBuffer predictions() {
        return logits;
    }

    @Override
    void judge(DeviceBuffer y) {
        predict(y);
        backend.losses().softmaxCrossEntropy(logits, batch.targets(), size, 1, 0, losses, null, best);
        weigh(losses, batch.weights(), 1);
    }

    @Override
    void differentiate(DeviceBuffer y, float smoothing) {
        predict(y);
        backend.losses()
                .softmaxCrossEntropy(
                        logits, batch.targets(), size, 1.0f / allSequences, smoothing, losses, logits, null);
        weigh(losses, batch.weights(), 1);
        weigh(logits, batch.weights(), size);
        projectBack(pooled, logits, all, pooledGradient);
        pool.back(pooledGradient, y, outputGradient());
    }
}
