package lstmgpu.models;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.data.Tokenizer;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.network.Head;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/** A language model from its directory, on a device. */
public record LoadedModel(ModelDirectory directory, Tokenizer tokenizer, LoadedNetwork loaded)
        implements AutoCloseable {
    /** Low enough for any temperature that leaves a difference between tokens, and still a number. */
    private static final float NEVER = -1e9f;

    public static LoadedModel open(Path path, DeviceChoice device, Consumer<String> notice) {
        return open(path, device, RnnImplementation.AUTO, true, notice);
    }

    /**
     * With the recurrent stack computed as it was asked for.
     *
     * @param allowUnknown whether the model may predict the token for what its vocabulary lacks
     */
    public static LoadedModel open(
            Path path, DeviceChoice device, RnnImplementation rnn, boolean allowUnknown, Consumer<String> notice) {
        ModelDirectory directory = ModelDirectory.open(path);
        try (OpeningDevice opening = new OpeningDevice(device, notice)) {
            NetworkConfig config = directory.config();
            Tokenizer tokenizer = directory.tokenizer();
            Map<String, Tensor> own = directory.weights();
            Map<String, Tensor> weights =
                    allowUnknown ? own : withoutUnknown(tokenizer, own).orElse(own);
            LoadedNetwork loaded = LoadedNetwork.of(opening, directory, config, weights, rnn);
            return new LoadedModel(directory, tokenizer, loaded);
        }
    }

    /**
     * The weights with which a model never predicts the token for what its vocabulary lacks: no step has to look for it
     * then. Empty where there is no such token, or no other.
     */
    public static Optional<Map<String, Tensor>> withoutUnknown(Tokenizer tokenizer, Map<String, Tensor> weights) {
        Tensor bias = weights.get(Head.BIAS);
        int unknown = tokenizer.unknown().orElse(Integer.MAX_VALUE);
        if (tokenizer.vocabularySize() == 1 || bias == null || unknown >= bias.values().length) {
            return Optional.empty();
        }
        Map<String, Tensor> others = new HashMap<>(weights);
        others.put(Head.BIAS, never(unknown, bias));
        return Optional.of(others);
    }

    /** The output's bias with which a token is never predicted. */
    private static Tensor never(int token, Tensor bias) {
        float[] values = bias.values().clone();
        values[token] = NEVER;
        return new Tensor(bias.shape(), values);
    }

    public Network model() {
        return loaded.network();
    }

    @Override
    public void close() {
        loaded.close();
    }
}
