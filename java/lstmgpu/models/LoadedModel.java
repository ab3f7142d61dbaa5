package lstmgpu.models;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
            Map<String, Tensor> weights = new HashMap<>(directory.weights());
            if (!allowUnknown && config.vocabularySize() > 1) {
                tokenizer
                        .unknown()
                        .ifPresent(token -> weights.computeIfPresent(Head.BIAS, (_, bias) -> never(token, bias)));
            }
            LoadedNetwork loaded = LoadedNetwork.of(opening, directory, config, weights, rnn);
            return new LoadedModel(directory, tokenizer, loaded);
        }
    }

    /** The output's bias with which a token is never predicted: no step has to look for it then. */
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
