package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;

/**
 * The logits of the next token and the loss of each. Where it is judged it goes through the rows in chunks, so that the
 * logits never take more than so many bytes, whatever N and V are.
 */
class NextTokenLayer extends HeadLayer {
    private record Chunk(
            LinearSpec projection,
            DeviceBuffer y,
            DeviceBuffer dy,
            DeviceBuffer targets,
            DeviceBuffer weights,
            DeviceBuffer losses,
            DeviceBuffer best) {}

    private final LinearSpec all;
    private final int chunkRows;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;
    private final DeviceBuffer best;
    private Chunk[] chunks = {};
    private DeviceBuffer chunked;

    NextTokenLayer(
            Network network, Resources memory, Batch.Form form, Batch batch, DeviceBuffer gradients, long logitBytes) {
        this(
                batch,
                network,
                memory,
                form,
                gradients,
                logitBytes / Float.BYTES / network.config().head().size());
    }

    /** @param most rows at once where they are judged */
    NextTokenLayer(Batch batch, Network network, Resources memory, Batch.Form form, DeviceBuffer gradients, long most) {
        super(network, memory, form, batch, gradients);
        boolean judged = batch.targets() != null;
        this.all = projection(rows);
        this.chunkRows = judged ? Math.clamp(most, 1, rows) : rows;
        this.logits = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) chunkRows, (long) size));
        this.losses = judged ? memory.alloc(ElementType.FLOAT32, rows) : null;
        this.best = judged && gradients == null ? memory.alloc(ElementType.INT32, rows) : null;
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
        score(y, all);
    }

    @Override
    DeviceBuffer predictions() {
        return logits;
    }

    /** Rows of the output that are judged at once. */
    final int chunkRows() {
        return chunkRows;
    }

    /** Finds the {@link #predictions} of some rows. */
    void score(DeviceBuffer y, LinearSpec spec) {
        project(y, spec, logits);
    }

    /** The logits of the linear layer over some rows. */
    final DeviceBuffer logits() {
        return logits;
    }

    @Override
    void judge(DeviceBuffer y) {
        int tokens = network.config().head().size();
        for (Chunk chunk : chunksOf(y)) {
            score(chunk.y(), chunk.projection());
            backend.losses()
                    .softmaxCrossEntropy(
                            predictions(), chunk.targets(), tokens, 1, 0, chunk.losses(), null, chunk.best());
            weigh(chunk.losses(), chunk.weights(), 1);
        }
    }

    @Override
    void differentiate(DeviceBuffer y, float smoothing) {
        float scale = 1.0f / allRows;
        for (Chunk chunk : chunksOf(y)) {
            project(chunk.y(), chunk.projection(), logits);
            backend.losses()
                    .softmaxCrossEntropy(logits, chunk.targets(), size, scale, smoothing, chunk.losses(), logits, null);
            weigh(chunk.losses(), chunk.weights(), 1);
            weigh(logits, chunk.weights(), size);
            projectBack(chunk.y(), logits, chunk.projection(), chunk.dy());
        }
    }

    /** A plan returns the same buffer each time, so its slices are cut once and a step allocates nothing. */
    @SuppressWarnings("ReferenceEquality")
    private Chunk[] chunksOf(DeviceBuffer y) {
        if (y != chunked) {
            List<Chunk> cut = new ArrayList<>();
            for (int from = 0; from < rows; from += chunkRows) {
                int count = Math.min(chunkRows, rows - from);
                cut.add(new Chunk(
                        projection(count),
                        rowsOf(y, from, count, units),
                        rowsOf(outputGradient(), from, count, units),
                        rowsOf(batch.targets(), from, count, 1),
                        rowsOf(batch.weights(), from, count, 1),
                        rowsOf(losses, from, count, 1),
                        rowsOf(best, from, count, 1)));
            }
            chunks = cut.toArray(new Chunk[0]);
            chunked = y;
        }
        return chunks;
    }
}
