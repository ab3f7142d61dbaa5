package lstmgpu.generate;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Precision;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.Network;
import lstmgpu.network.Resources;

/**
 * Remembers the last N outputs h_i of a network, each with the token x_(i+1) that followed, and finds for every token
 * how probable that memory makes it (Grave, Joulin and Usunier 2017): p(w) ∝ Σ exp(θ·h_t·h_i) over the i in [t−N, t−1]
 * with x_(i+1) = w.
 *
 * <p>The products h_t·h_i of a stretch of T tokens are one product on the device, [T,H]·[H,N+T]; they are brought to
 * the host, 4·(N+T) bytes a token, which takes N exponentials a token and a θ.
 */
final class CacheReader implements EvaluationPass.LossSink, AutoCloseable {
    /** Takes what was found for a token. */
    interface Sink {
        /**
         * @param model the token's probability by the model
         * @param cache by the memory, for every θ; valid during the call. The model's where nothing is remembered yet
         */
        void accept(double model, double[] cache);
    }

    private final Backend backend;
    private final int window;
    private final int units;
    private final double[] thetas;
    private final Sink sink;
    private final Resources memory;

    /** A ring of rows: position p of the text lies in row p modulo their number. */
    private final int rows;

    private final DeviceBuffer keys;
    private final DeviceBuffer products;
    private final float[] productsOnHost;
    private final int[] followers;
    private final double[] found;
    private long position;

    /**
     * @param window N
     * @param stretch the most tokens that are handed over at once; all stretches but the last have as many
     */
    CacheReader(Network network, int window, int stretch, double[] thetas, Sink sink) {
        this.backend = network.backend();
        this.window = window;
        this.units = network.config().outputSize();
        this.thetas = thetas.clone();
        this.sink = sink;
        this.memory = new Resources(backend);
        this.rows = Math.addExact(Math.multiplyExact(Math.ceilDiv(window, stretch), stretch), stretch);
        try {
            this.keys = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) rows, (long) units));
            this.products = memory.alloc(ElementType.FLOAT32, Math.multiplyExact((long) rows, (long) stretch));
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
        this.productsOnHost = new float[Math.toIntExact(products.length())];
        this.followers = new int[rows];
        this.found = new double[thetas.length];
    }

    @Override
    public void accept(int[] targets, float[] losses, int count, DeviceBuffer outputs) {
        int first = (int) (position % rows);
        backend.copy(outputs.slice(0, (long) count * units), keys.slice((long) first * units, (long) count * units));
        LinearSpec spec = new LinearSpec(count, units, rows, Precision.FP32);
        backend.layers().linear(outputs, keys, null, spec, products);
        backend.download(products, productsOnHost);
        System.arraycopy(targets, 0, followers, first, count);
        for (int i = 0; i < count; i++, position++) {
            double model = Math.exp(-losses[i]);
            int remembered = (int) Math.min(window, position);
            for (int k = 0; k < thetas.length; k++) {
                found[k] = remembered == 0 ? model : probability(i * rows, remembered, thetas[k], targets[i]);
            }
            sink.accept(model, found);
        }
    }

    /** The share of the exponentials that belongs to places which the token followed. */
    private double probability(int row, int remembered, double theta, int token) {
        int from = (int) ((position - remembered) % rows);
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0, at = from; i < remembered; i++, at = at + 1 == rows ? 0 : at + 1) {
            largest = Math.max(largest, productsOnHost[row + at]);
        }
        double all = 0;
        double wanted = 0;
        for (int i = 0, at = from; i < remembered; i++, at = at + 1 == rows ? 0 : at + 1) {
            double weight = Math.exp(theta * (productsOnHost[row + at] - largest));
            all += weight;
            wanted += followers[at] == token ? weight : 0;
        }
        return wanted / all;
    }

    @Override
    public void close() {
        memory.close();
    }
}
