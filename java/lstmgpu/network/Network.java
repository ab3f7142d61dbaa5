package lstmgpu.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RoundedWeights;

/**
 * A network of a {@link NetworkConfig}: the weights on a device and where each one lies. All of them live in one flat
 * buffer: those of the input part, {@code rnn.*} as {@link lstmgpu.backend.Recurrence#rnnLayout} says, those of the
 * head.
 */
public final class Network implements AutoCloseable {
    /** Bytes of a {@link #fingerprint}. */
    public static final int FINGERPRINT_BYTES = 16;

    private final Backend backend;
    private final NetworkConfig config;
    private final Precision precision;
    private final RnnImplementation rnn;
    private final ParameterLayout layout;
    private final ParameterLayout rnnLayout;
    private final long rnnOffset;
    private final DeviceBuffer parameters;
    private RoundedWeights rounded;

    /** With the recurrent stack's implementation left to the backend. */
    public Network(Backend backend, NetworkConfig config, Precision precision) {
        this(backend, config, precision, RnnImplementation.AUTO);
    }

    /**
     * Allocates the weights, all zero.
     *
     * @param precision of the products in every plan of this model
     * @param rnn who computes the recurrent stack in every plan of this model
     * @throws LstmGpuException with exit code 2 if the sizes contradict each other or are out of range, 5 if
     *     memory is short
     */
    public Network(Backend backend, NetworkConfig config, Precision precision, RnnImplementation rnn) {
        this.backend = backend;
        this.config = config;
        this.precision = precision;
        this.rnn = rnn;
        check(config);
        try {
            this.rnnLayout = backend.recurrence().rnnLayout(config.rnnShape());
            ParameterLayout.Builder builder = new ParameterLayout.Builder();
            config.input().tensorShapes().forEach(builder::add);
            this.rnnOffset = builder.end();
            builder.addAll(NetworkConfig.RNN_PREFIX, rnnLayout);
            config.head().tensorShapes(config.outputSize()).forEach(builder::add);
            this.layout = builder.build();
            Math.toIntExact(Math.addExact(layout.length(), ParameterLayout.ALIGNMENT));
        } catch (ArithmeticException overflow) {
            throw new LstmGpuException(
                    lstmgpu.ExitCode.USAGE,
                    ("a model with hidden size %d, %d layers and %d outputs has more than 2^31 weights; "
                                    + "make it smaller")
                            .formatted(
                                    config.hiddenSize(),
                                    config.layers(),
                                    config.head().size()),
                    overflow);
        }
        this.parameters = backend.alloc(ElementType.FLOAT32, layout.length());
    }

    /**
     * @throws LstmGpuException with exit code 2 if the sizes contradict each other or are out of range
     */
    public static void check(NetworkConfig config) {
        int smallest = Math.min(
                Math.min(config.head().size(), config.input().size()), Math.min(config.hiddenSize(), config.layers()));
        if (smallest < 1) {
            throw LstmGpuException.usage(
                    "vocabulary, embedding, hidden size and layers must be 1 or above, not %d, %d, %d and %d",
                    config.head().size(), config.input().size(), config.hiddenSize(), config.layers());
        }
        boolean fits = !(config.head() instanceof Head.NextToken)
                || config.input() instanceof InputPart.Tokens tokens
                        && tokens.vocabularySize() == config.head().size();
        if (!fits) {
            throw LstmGpuException.usage("the next token is one of those that are read, not %s", config.line());
        }
        if (config.bidirectional() && config.head() instanceof Head.NextToken) {
            throw LstmGpuException.usage(
                    "a network that reads in both directions sees the token that it is to predict");
        }
        config.requireProjection();
        if (config.tieWeights() && config.input().size() != config.outputSize()) {
            String other = config.projection() > 0 ? "projection" : "hidden";
            throw LstmGpuException.usage(
                    "tied weights need equal embedding and %s sizes, not %d and %d; set --embedding-size %d",
                    other, config.input().size(), config.outputSize(), config.outputSize());
        }
        if (!(config.dropout() >= 0 && config.dropout() < 1)) {
            throw LstmGpuException.usage("--dropout must lie in [0, 1), not %s", config.dropout());
        }
        config.zoneout().require(config.cell(), config.projection() > 0);
    }

    /** The same network on another backend, all of its weights zero. */
    public Network on(Backend other) {
        Network twin = new Network(other, config, precision, rnn);
        twin.rounded = rounded;
        return twin;
    }

    public Backend backend() {
        return backend;
    }

    public NetworkConfig config() {
        return config;
    }

    public Precision precision() {
        return precision;
    }

    RnnImplementation implementation() {
        return rnn;
    }

    /** Where every tensor lies in {@link #parameters} and in every buffer as long. */
    public ParameterLayout layout() {
        return layout;
    }

    /** All weights, FLOAT32. */
    public DeviceBuffer parameters() {
        return parameters;
    }

    /** Number of weights, without the gaps between tensors. */
    public long parameterCount() {
        return layout.slots().stream().mapToLong(ParameterLayout.Slot::length).sum();
    }

    /** A forward-only use of the recurrent stack on features. */
    public RnnSpec forwardSpec(int steps, int batch) {
        return RnnSpec.forward(config.rnnShape(), steps, batch, precision)
                .withZoneout(config.zoneout().expected())
                .by(rnn);
    }

    /**
     * A use of the recurrent stack on features, with the model's dropout and zoneout.
     *
     * @param masks how it is drawn
     */
    RnnSpec trainingSpec(int steps, int batch, Masks masks) {
        return RnnSpec.training(config.rnnShape(), steps, batch, precision)
                .withDropout(
                        config.dropout(), masks.seed(), masks.regularisation().locked())
                .withZoneout(
                        masks.drawn()
                                ? config.zoneout().drawn(masks.seed())
                                : config.zoneout().expected())
                .by(rnn);
    }

    /** The stretch of a buffer with this model's layout that belongs to the recurrent stack. */
    public DeviceBuffer rnnPart(DeviceBuffer buffer) {
        return buffer.slice(rnnOffset, rnnLayout.length());
    }

    DeviceBuffer part(DeviceBuffer buffer, String name) {
        return layout.view(buffer, name);
    }

    /** The head's matrix: its own, or the embedding where the weights are tied. */
    DeviceBuffer outputWeight(DeviceBuffer buffer) {
        return part(buffer, config.tieWeights() ? InputPart.Tokens.EMBEDDING : Head.WEIGHT);
    }

    /** Sets the weights a training run starts from; the same on every backend, bit for bit. */
    public void initialise(long seed, Initialisation initialisation) {
        initialise(seed, initialisation, 1);
    }

    /**
     * The same for sequences of which the longest has so many steps, which {@link Initialisation#CHRONO} wants to know.
     */
    public void initialise(long seed, Initialisation initialisation, int steps) {
        backend.upload(new Initialiser(config, seed, initialisation, steps).values(layout), parameters);
    }

    /**
     * Sets all weights.
     *
     * @throws LstmGpuException with exit code 3, naming the tensor, if one is missing, superfluous, of another
     *     shape or not finite
     */
    public void load(Map<String, Tensor> tensors) {
        rounded = null;
        backend.upload(PackedTensors.pack(layout, tensors, "the model"), parameters);
    }

    /** Rounds all matrices, so that whoever can keeps them in fewer bytes. */
    public void round(RoundedWeights form) {
        load(Tensor.rounded(tensors(), form));
        rounded = form;
    }

    /** What the matrices were rounded to; null where they have all bits. */
    public RoundedWeights rounded() {
        return rounded;
    }

    /** The weights by name, copied to the host. */
    public Map<String, Tensor> tensors() {
        return unpack(parameters);
    }

    /** Of the configuration and of every weight as it is now, in hexadecimal. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(config.line().getBytes(StandardCharsets.UTF_8));
            tensors().forEach((name, tensor) -> {
                digest.update((name + tensor.shape()).getBytes(StandardCharsets.UTF_8));
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.values().length, Float.BYTES));
                bytes.asFloatBuffer().put(tensor.values());
                digest.update(bytes);
            });
            return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The tensors in a buffer that has this model's layout. */
    Map<String, Tensor> unpack(DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(layout.length())];
        backend.download(buffer, values);
        return PackedTensors.unpack(layout, values);
    }

    /** Frees the weights, not the backend. */
    @Override
    public void close() {
        parameters.close();
    }
}
