package lstmgpu.cli;

import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/** A network from its directory, on a device. */
record LoadedNetwork(Backend backend, Network network) implements AutoCloseable {
    /** Puts weights on the device that is being opened. */
    static LoadedNetwork of(
            OpeningDevice opening,
            ModelDirectory directory,
            NetworkConfig config,
            Map<String, Tensor> weights,
            RnnImplementation rnn) {
        Backend backend = opening.await();
        rnn.requireOn(backend.device().backend());
        MemoryNeed.require(
                backend,
                MemoryNeed.bytes(backend, counting -> new Network(counting, config, Precision.FP32, rnn)),
                "the model in " + directory.path(),
                _ -> "use --device cpu or a smaller model");
        Network network = new Network(backend, config, Precision.FP32, rnn);
        try {
            network.load(weights);
            opening.taken();
            return new LoadedNetwork(backend, network);
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
