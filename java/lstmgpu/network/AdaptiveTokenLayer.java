package lstmgpu.network;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import lstmgpu.backend.ClusterRows;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.LogSoftmaxSpec;

/**
 * The next token by an adaptive softmax. In training the head is a softmax over the frequent tokens and the clusters,
 * and each cluster is one over its own tokens for the rows whose target it has. Where all tokens' probabilities are
 * wanted, a cluster's are those within it times its own.
 */
final class AdaptiveTokenLayer extends NextTokenLayer {
    private final Clusters clusters;
    private final DeviceBuffer limits;

    /** What the targets are; null when not training. */
    private final ClusterRows rowsOf;

    private final DeviceBuffer tokens;
    private final ClusterTail[] tails;

    /** Log-probabilities [rows,V], and what they are made of on the way; null when training. */
    private final DeviceBuffer scores;

    private final DeviceBuffer narrowed;
    private final DeviceBuffer inner;
    private final DeviceBuffer[] projections;
    private final DeviceBuffer[] words;

    /** @param logitBytes most memory for logits where they are judged */
    static AdaptiveTokenLayer of(
            Network network,
            Resources memory,
            Clusters clusters,
            Batch.Form form,
            Batch batch,
            DeviceBuffer gradients,
            long logitBytes) {
        long most = logitBytes / Float.BYTES;
        if (gradients == null) {
            long numbers = (long) clusters.vocabulary() + clusters.largest() + clusters.entries();
            return new AdaptiveTokenLayer(network, memory, clusters, form, batch, batch, null, null, most / numbers);
        }
        int rows = form.rows();
        long each = Math.multiplyExact((long) clusters.count(), (long) rows);
        ClusterRows found = new ClusterRows(
                memory.alloc(ElementType.INT32, rows),
                memory.alloc(ElementType.INT32, each),
                memory.alloc(ElementType.INT32, each),
                memory.alloc(ElementType.INT32, clusters.count()));
        Batch ofHead = new Batch(form, batch.inputs(), found.entries(), batch.lengths(), batch.weights());
        return new AdaptiveTokenLayer(
                network, memory, clusters, form, batch, ofHead, found, gradients, most / clusters.entries());
    }

    private AdaptiveTokenLayer(
            Network network,
            Resources memory,
            Clusters clusters,
            Batch.Form form,
            Batch batch,
            Batch ofHead,
            ClusterRows found,
            DeviceBuffer gradients,
            long most) {
        super(ofHead, network, memory, form, gradients, most);
        this.clusters = clusters;
        this.tokens = batch.targets();
        this.rowsOf = found;
        int[] cutoffs = clusters.limits();
        this.limits = memory.alloc(ElementType.INT32, cutoffs.length);
        backend.upload(cutoffs, limits);
        this.projections = weights(Head::projection);
        this.words = weights(network.config()::tailOf);
        boolean training = gradients != null;
        this.tails = training ? ClusterTail.all(this, memory, clusters, gradients) : new ClusterTail[0];
        long some = chunkRows();
        this.scores = training ? null : memory.alloc(ElementType.FLOAT32, some * clusters.vocabulary());
        this.narrowed = training ? null : memory.alloc(ElementType.FLOAT32, some * clusters.width(0, units));
        this.inner = training ? null : memory.alloc(ElementType.FLOAT32, some * clusters.largest());
    }

    private DeviceBuffer[] weights(IntFunction<String> name) {
        return IntStream.range(0, clusters.count())
                .mapToObj(k -> network.part(network.parameters(), name.apply(k)))
                .toArray(DeviceBuffer[]::new);
    }

    /** The rows of each cluster. */
    ClusterRows rowsOf() {
        return rowsOf;
    }

    @Override
    DeviceBuffer predictions() {
        return scores;
    }

    @Override
    void score(DeviceBuffer y, LinearSpec spec) {
        super.score(y, spec);
        int count = spec.rows();
        int all = clusters.vocabulary();
        backend.losses()
                .logSoftmax(logits(), null, new LogSoftmaxSpec(count, size, clusters.frequent(), all, 0, 0, 0), scores);
        for (int k = 0; k < clusters.count(); k++) {
            int width = clusters.width(k, units);
            int own = clusters.size(k);
            backend.layers()
                    .linear(y, projections[k], null, new LinearSpec(count, units, width, spec.precision()), narrowed);
            backend.layers()
                    .linear(narrowed, words[k], null, new LinearSpec(count, width, own, spec.precision()), inner);
            int entry = clusters.frequent() + k;
            backend.losses()
                    .logSoftmax(
                            inner,
                            logits(),
                            new LogSoftmaxSpec(count, own, own, all, clusters.first(k), size, entry),
                            scores);
        }
    }

    /** Labels are not smoothed: that would want every cluster in every row. */
    @Override
    void differentiate(DeviceBuffer y, float smoothing) {
        if (smoothing != 0) {
            throw new IllegalArgumentException("an adaptive softmax smooths no labels");
        }
        backend.losses().partition(tokens, limits, -1, rowsOf);
        super.differentiate(y, 0);
        for (ClusterTail tail : tails) {
            tail.differentiate(y);
        }
    }
}
