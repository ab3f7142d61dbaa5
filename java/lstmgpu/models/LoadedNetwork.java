package lstmgpu.models;

import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/** A network from its directory, on a device. */
public record LoadedNetwork(Backend backend, Network network) implements AutoCloseable {
    /** Puts weights on the device that is being opened. */
    public static LoadedNetwork of(
            OpeningDevice opening,
            ModelDirectory directory,
            NetworkConfig config,
            Map<String, Tensor> weights,
            RnnImplementation rnn) {
        Network network = on(opening.await(), directory, config, weights, rnn);
        opening.taken();
        return new LoadedNetwork(network.backend(), network);
    }

    /**
     * Puts weights on a device, which stays open whatever happens.
     *
     * @throws LstmGpuException with exit code 5 if there is no room for them
     */
    public static Network on(
            Backend backend,
            ModelDirectory directory,
            NetworkConfig config,
            Map<String, Tensor> weights,
            RnnImplementation rnn) {
        rnn.requireOn(backend.device().backend());
        MemoryNeed.require(
                backend,
                MemoryNeed.bytes(backend, counting -> new Network(counting, config, Precision.FP32, rnn)),
                "the model in " + directory.path(),
                _ -> "use --device cpu or a smaller model");
        Network network = new Network(backend, config, Precision.FP32, rnn);
        try {
            network.load(weights);
            return network;
        } catch (RuntimeException | Error failure) {
            network.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        network.close();
        backend.close();
    }
}
