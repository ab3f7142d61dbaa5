package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Pooling;

/**
 * One vector for each sequence out of what the recurrent stack says of its steps. The last step of a direction is the
 * one that it reads last: of the backward direction the sequence's first, where it has read all of it.
 */
final class SequencePool {
    private final Layers layers;
    private final Pooling pooling;
    private final Batch batch;
    private final int steps;
    private final int sequences;
    private final int width;

    /** By direction, where each has a last step of its own; otherwise null. */
    private final Direction forward;

    private final Direction backward;

    /** What one direction says: steps [T,B,H] in the order in which it reads, and its vectors [B,H]. */
    private record Direction(DeviceBuffer steps, DeviceBuffer vectors) {}

    /** @param width of a vector, all directions together */
    SequencePool(Network network, Resources memory, Pooling pooling, Batch batch, int width) {
        Backend backend = network.backend();
        this.layers = backend.layers();
        this.pooling = pooling;
        this.batch = batch;
        this.steps = batch.form().steps();
        this.sequences = batch.form().sequences();
        this.width = width;
        boolean apart = pooling == Pooling.LAST && network.config().bidirectional();
        this.forward = apart ? direction(memory) : null;
        this.backward = apart ? direction(memory) : null;
    }

    private Direction direction(Resources memory) {
        long vectors = Math.multiplyExact((long) sequences, (long) half());
        return new Direction(
                memory.alloc(ElementType.FLOAT32, Math.multiplyExact(vectors, (long) steps)),
                memory.alloc(ElementType.FLOAT32, vectors));
    }

    private int half() {
        return width / 2;
    }

    /**
     * @param y [T,B,width]
     * @param out [B,width]
     */
    void pool(DeviceBuffer y, DeviceBuffer out) {
        if (forward == null) {
            layers.pool(pooling, y, batch.lengths(), steps, sequences, width, out);
            return;
        }
        layers.splitDirections(y, batch.lengths(), steps, sequences, half(), forward.steps, backward.steps);
        layers.pool(pooling, forward.steps, batch.lengths(), steps, sequences, half(), forward.vectors);
        layers.pool(pooling, backward.steps, batch.lengths(), steps, sequences, half(), backward.vectors);
        layers.joinDirections(forward.vectors, backward.vectors, null, 1, sequences, half(), out);
    }

    /**
     * The gradient of {@link #pool}.
     *
     * @param dOut [B,width]
     * @param y [T,B,width]
     * @param dy [T,B,width]
     */
    void back(DeviceBuffer dOut, DeviceBuffer y, DeviceBuffer dy) {
        if (forward == null) {
            layers.poolGrad(pooling, dOut, y, batch.lengths(), steps, sequences, width, dy);
            return;
        }
        layers.splitDirections(dOut, null, 1, sequences, half(), forward.vectors, backward.vectors);
        layers.poolGrad(pooling, forward.vectors, null, batch.lengths(), steps, sequences, half(), forward.steps);
        layers.poolGrad(pooling, backward.vectors, null, batch.lengths(), steps, sequences, half(), backward.steps);
        layers.joinDirections(forward.steps, backward.steps, batch.lengths(), steps, sequences, half(), dy);
    }
}
