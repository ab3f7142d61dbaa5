package lstmgpu.network;

import java.util.stream.IntStream;
import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;

/**
 * A cluster of an adaptive softmax in training. The rows whose target is one of its tokens are brought together, their
 * outputs narrowed, and a softmax over the cluster's tokens judges them. How many they are the device alone knows: all
 * is made for the case that it is every row, and products over the rows that count ({@link LinearSpec.Counted}).
 */
final class ClusterTail {
    /**
     * Memory that all clusters use in turn, for N rows.
     *
     * @param y [N,H], the outputs of a cluster's rows
     * @param dy [N,H], their gradient
     * @param narrowed [N,W]
     * @param dNarrowed [N,W]
     * @param logits of as many rows at once as there is room for
     * @param losses [N]
     * @param weights [N], of the targets; null where all count alike
     */
    private record Memory(
            DeviceBuffer y,
            DeviceBuffer dy,
            DeviceBuffer narrowed,
            DeviceBuffer dNarrowed,
            DeviceBuffer logits,
            DeviceBuffer losses,
            DeviceBuffer weights) {}

    /** Rows that are judged at once. */
    private record Chunk(
            LinearSpec product,
            DeviceBuffer narrowed,
            DeviceBuffer dNarrowed,
            DeviceBuffer targets,
            DeviceBuffer weights,
            DeviceBuffer losses) {}

    private final AdaptiveTokenLayer layer;
    private final Memory memory;
    private final int tokens;
    private final LinearSpec projection;
    private final DeviceBuffer places;
    private final DeviceBuffer narrowing;
    private final DeviceBuffer words;
    private final DeviceBuffer narrowingGradient;
    private final DeviceBuffer wordsGradient;
    private final Chunk[] chunks;

    /** @param gradients of all parameters */
    static ClusterTail[] all(AdaptiveTokenLayer layer, Resources resources, Clusters clusters, DeviceBuffer gradients) {
        long rows = layer.rows;
        long units = layer.units;
        long width = clusters.width(0, layer.units);
        Memory shared = new Memory(
                resources.alloc(ElementType.FLOAT32, rows * units),
                resources.alloc(ElementType.FLOAT32, rows * units),
                resources.alloc(ElementType.FLOAT32, rows * width),
                resources.alloc(ElementType.FLOAT32, rows * width),
                resources.alloc(ElementType.FLOAT32, logits(layer, clusters)),
                resources.alloc(ElementType.FLOAT32, rows),
                layer.batch.weights() == null ? null : resources.alloc(ElementType.FLOAT32, rows));
        return IntStream.range(0, clusters.count())
                .mapToObj(k -> new ClusterTail(layer, shared, clusters, k, gradients))
                .toArray(ClusterTail[]::new);
    }

    private static long logits(AdaptiveTokenLayer layer, Clusters clusters) {
        return IntStream.range(0, clusters.count())
                .mapToLong(k -> (long) chunkRows(layer, clusters.size(k)) * clusters.size(k))
                .max()
                .orElseThrow();
    }

    private static int chunkRows(AdaptiveTokenLayer layer, int tokens) {
        return Math.clamp(Pass.LOGIT_BYTES / Float.BYTES / tokens, 1, layer.rows);
    }

    private ClusterTail(AdaptiveTokenLayer layer, Memory memory, Clusters clusters, int k, DeviceBuffer gradients) {
        this.layer = layer;
        this.memory = memory;
        Network network = layer.network;
        ClusterRows found = layer.rowsOf();
        this.tokens = clusters.size(k);
        int rows = layer.rows;
        int width = clusters.width(k, layer.units);
        DeviceBuffer count = found.counts().slice(k, 1);
        LinearSpec.Counted counted = new LinearSpec.Counted(count, 0);
        this.projection = new LinearSpec(rows, layer.units, width, network.precision(), counted);
        this.places = HeadLayer.rowsOf(found.places(), k, 1, rows);
        this.narrowing = network.part(network.parameters(), Head.projection(k));
        this.words = network.part(network.parameters(), network.config().tailOf(k));
        this.narrowingGradient = network.part(gradients, Head.projection(k));
        this.wordsGradient = network.part(gradients, network.config().tailOf(k));
        DeviceBuffer inside = HeadLayer.rowsOf(found.inside(), k, 1, rows);
        int most = chunkRows(layer, tokens);
        this.chunks = IntStream.iterate(0, from -> from < rows, from -> from + most)
                .mapToObj(from -> chunk(from, Math.min(most, rows - from), width, count, inside))
                .toArray(Chunk[]::new);
    }

    private Chunk chunk(int from, int some, int width, DeviceBuffer count, DeviceBuffer inside) {
        return new Chunk(
                new LinearSpec(some, width, tokens, layer.network.precision(), new LinearSpec.Counted(count, from)),
                HeadLayer.rowsOf(memory.narrowed(), from, some, width),
                HeadLayer.rowsOf(memory.dNarrowed(), from, some, width),
                HeadLayer.rowsOf(inside, from, some, 1),
                HeadLayer.rowsOf(memory.weights(), from, some, 1),
                HeadLayer.rowsOf(memory.losses(), from, some, 1));
    }

    /** Adds to the losses, to the gradients of the weights and to that of y [N,H]. */
    void differentiate(DeviceBuffer y) {
        Layers layers = layer.backend.layers();
        layers.embed(y, places, layer.units, memory.y());
        if (memory.weights() != null) {
            layers.embed(layer.batch.weights(), places, 1, memory.weights());
        }
        layers.linear(memory.y(), narrowing, null, projection, memory.narrowed());
        for (Chunk chunk : chunks) {
            judge(chunk);
        }
        layer.backend.fill(memory.dy(), 0);
        layers.linearGrad(
                memory.y(), narrowing, memory.dNarrowed(), projection, memory.dy(), true, narrowingGradient, null);
        layers.embedGrad(memory.dy(), places, layer.units, layer.outputGradient());
        layers.embedGrad(memory.losses(), places, 1, layer.losses());
    }

    private void judge(Chunk chunk) {
        Layers layers = layer.backend.layers();
        DeviceBuffer logits = memory.logits();
        layers.linear(chunk.narrowed(), words, null, chunk.product(), logits);
        float scale = 1.0f / layer.allRows;
        layer.backend
                .losses()
                .softmaxCrossEntropy(logits, chunk.targets(), tokens, scale, 0, chunk.losses(), logits, null);
        layer.weigh(chunk.losses(), chunk.weights(), 1);
        layer.weigh(logits, chunk.weights(), tokens);
        layers.linearGrad(
                chunk.narrowed(), words, logits, chunk.product(), chunk.dNarrowed(), false, wordsGradient, null);
    }
}
