package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;

/**
 * The embedding whose matrices an adaptive softmax has too (after Baevski and Auli 2019): a frequent token is its row
 * of the head, a token of cluster k the row of the cluster plus its own few numbers made wide by a matrix of the input.
 */
final class AdaptiveInput {
    private final Backend backend;
    private final int size;
    private final DeviceBuffer tokens;
    private final DeviceBuffer limits;
    private final ClusterRows rows;
    private final DeviceBuffer head;
    private final DeviceBuffer headGradient;

    /** [N,E], of a cluster's rows side by side. */
    private final DeviceBuffer wide;

    private final Tail[] tails;

    /**
     * @param narrow [N,W], numbers of the cluster's rows
     * @param dNarrow their gradient; null when not training, as the gradients of the matrices
     */
    private record Tail(
            LinearSpec spec,
            DeviceBuffer places,
            DeviceBuffer inside,
            DeviceBuffer words,
            DeviceBuffer widening,
            DeviceBuffer narrow,
            DeviceBuffer dNarrow,
            DeviceBuffer wordsGradient,
            DeviceBuffer wideningGradient) {}

    /** @param gradients of all parameters; null when not training */
    AdaptiveInput(
            Network network, Resources memory, InputPart.Tokens part, DeviceBuffer tokens, DeviceBuffer gradients) {
        Clusters clusters = part.clusters();
        this.backend = network.backend();
        this.size = part.size();
        this.tokens = tokens;
        int[] cutoffs = clusters.limits();
        this.limits = memory.alloc(ElementType.INT32, cutoffs.length);
        backend.upload(cutoffs, limits);
        long count = tokens.length();
        long each = Math.multiplyExact(clusters.count(), count);
        this.rows = new ClusterRows(
                memory.alloc(ElementType.INT32, count),
                memory.alloc(ElementType.INT32, each),
                memory.alloc(ElementType.INT32, each),
                memory.alloc(ElementType.INT32, clusters.count()));
        this.head = network.part(network.parameters(), InputPart.Tokens.EMBEDDING);
        this.headGradient = gradients == null ? null : network.part(gradients, InputPart.Tokens.EMBEDDING);
        this.wide = memory.alloc(ElementType.FLOAT32, Math.multiplyExact(count, (long) size));
        this.tails = new Tail[clusters.count()];
        for (int k = 0; k < tails.length; k++) {
            tails[k] = tail(network, memory, clusters, k, gradients);
        }
    }

    private Tail tail(Network network, Resources memory, Clusters clusters, int k, DeviceBuffer gradients) {
        int count = Math.toIntExact(tokens.length());
        int width = clusters.width(k, size);
        LinearSpec.Counted counted = new LinearSpec.Counted(rows.counts().slice(k, 1), 0);
        boolean training = gradients != null;
        return new Tail(
                new LinearSpec(count, width, size, network.precision(), counted),
                HeadLayer.rowsOf(rows.places(), k, 1, count),
                HeadLayer.rowsOf(rows.inside(), k, 1, count),
                network.part(network.parameters(), InputPart.Tokens.tail(k)),
                network.part(network.parameters(), InputPart.Tokens.widening(k)),
                memory.alloc(ElementType.FLOAT32, (long) count * width),
                training ? memory.alloc(ElementType.FLOAT32, (long) count * width) : null,
                training ? network.part(gradients, InputPart.Tokens.tail(k)) : null,
                training ? network.part(gradients, InputPart.Tokens.widening(k)) : null);
    }

    /** x [N,E] of the tokens. */
    void forward(DeviceBuffer x) {
        Layers layers = backend.layers();
        backend.losses().partition(tokens, limits, 0, rows);
        layers.embed(head, rows.entries(), size, x);
        for (Tail tail : tails) {
            layers.embed(tail.words(), tail.inside(), tail.spec().inputSize(), tail.narrow());
            backend.fill(wide, 0);
            layers.linear(tail.narrow(), tail.widening(), null, tail.spec(), wide);
            layers.embedGrad(wide, tail.places(), size, x);
        }
    }

    /** Adds to the gradients of the matrices. */
    void backward(DeviceBuffer dx) {
        Layers layers = backend.layers();
        layers.embedGrad(dx, rows.entries(), size, headGradient);
        for (Tail tail : tails) {
            layers.embed(dx, tail.places(), size, wide);
            backend.fill(tail.dNarrow(), 0);
            layers.linearGrad(
                    tail.narrow(),
                    tail.widening(),
                    wide,
                    tail.spec(),
                    tail.dNarrow(),
                    true,
                    tail.wideningGradient(),
                    null);
            layers.embedGrad(tail.dNarrow(), tail.inside(), tail.spec().inputSize(), tail.wordsGradient());
        }
    }
}
