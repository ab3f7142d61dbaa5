package lstmgpu.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.InputFiles;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.files.CacheFolder;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/** A model from its directory, on a device. */
record LoadedModel(ModelDirectory directory, Tokenizer tokenizer, Backend backend, Network model)
        implements AutoCloseable {
    /** Low enough for any temperature that leaves a difference between tokens, and still a number. */
    private static final float NEVER = -1e9f;

    /** Loads the native libraries and the files side by side, since both take a while. */
    static LoadedModel open(Path path, DeviceFlags device, Console console) {
        return open(path, device, RnnImplementation.AUTO, true, console);
    }

    /**
     * With the recurrent stack computed as it was asked for.
     *
     * @param allowUnknown whether the model may predict the token for what its vocabulary lacks
     */
    static LoadedModel open(
            Path path, DeviceFlags device, RnnImplementation rnn, boolean allowUnknown, Console console) {
        ModelDirectory directory = ModelDirectory.open(path);
        Queue<String> notices = new ConcurrentLinkedQueue<>();
        CompletableFuture<Backend> opening = CompletableFuture.supplyAsync(() -> device.open(notices::add));
        try {
            NetworkConfig config = directory.config();
            Tokenizer tokenizer = directory.tokenizer();
            Map<String, Tensor> weights = new HashMap<>(directory.weights());
            if (!allowUnknown && config.vocabularySize() > 1) {
                tokenizer
                        .unknown()
                        .ifPresent(token ->
                                weights.computeIfPresent(Network.OUTPUT_BIAS, (_, bias) -> never(token, bias)));
            }
            LoadedModel loaded = load(directory, config, rnn, tokenizer, weights, await(opening));
            if (!loaded.backend.device().backend().equals("cpu")) {
                notices.forEach(console::say); // of the CPU they only say why it is that, which training tells
            }
            return loaded;
        } catch (RuntimeException | Error failure) {
            var _ = opening.thenAccept(Backend::close);
            throw failure;
        }
    }

    /** The output's bias with which a token is never predicted: no step has to look for it then. */
    private static Tensor never(int token, Tensor bias) {
        float[] values = bias.values().clone();
        values[token] = NEVER;
        return new Tensor(bias.shape(), values);
    }

    private static LoadedModel load(
            ModelDirectory directory,
            NetworkConfig config,
            RnnImplementation rnn,
            Tokenizer tokenizer,
            Map<String, Tensor> weights,
            Backend backend) {
        rnn.requireOn(backend.device().backend());
        MemoryNeed.require(
                backend,
                MemoryNeed.bytes(backend, counting -> new Network(counting, config, Precision.FP32, rnn)),
                "the model in " + directory.path(),
                _ -> "use --device cpu or a smaller model");
        Network model = new Network(backend, config, Precision.FP32, rnn);
        try {
            model.load(weights);
            return new LoadedModel(directory, tokenizer, backend, model);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static Backend await(CompletableFuture<Backend> opening) {
        try {
            return opening.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (failure.getCause() instanceof Error cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /** The inputs in this model's tokens; what its vocabulary lacks is named. */
    TokenFile tokenize(List<Path> inputs, boolean lines, Console console) {
        Unknown.reportEmpty(inputs, console);
        TokenFile tokens = TextFiles.tokenize(
                inputs, tokenizer, new TokenizeOptions(lines, CacheFolder.of(console.environment())));
        Unknown.report(tokens, InputFiles.describe(inputs), console);
        if (tokens.length() < 2) {
            tokens.close();
            throw LstmGpuException.data(
                    "%s has one token, and the first token is not counted; use a text of two or" + " more",
                    InputFiles.describe(inputs));
        }
        return tokens;
    }

    @Override
    public void close() {
        model.close();
        backend.close();
    }
}
