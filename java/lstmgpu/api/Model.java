package lstmgpu.api;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.Tasks;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.classify.Classification;

/**
 * A trained network on a device. Once it is loaded, its folder is not looked at any more.
 *
 * <p>Any thread may use it, as {@link Device} says. It has to be closed, before its device or by closing that.
 */
public abstract sealed class Model implements AutoCloseable permits TextModel, SeriesModel, ClassModel {
    private final Device device;
    private final ModelDirectory directory;
    private final NetworkConfig config;
    private final Network network;
    private final TrainingResult training;
    private boolean closed;

    /** Called in {@link Device#use}. */
    Model(Device device, ModelDirectory directory, TrainingResult training) {
        this.device = device;
        this.directory = directory;
        this.training = training;
        this.config = directory.config();
        this.network = network(directory.weights());
        device.add(this);
    }

    /**
     * Loads a model, whatever it has learnt.
     *
     * @param device on which it computes
     * @param folder that training has written, by this library or by the program lstm-gpu
     * @return the model, of the class that fits what it has learnt
     * @throws LstmException of kind DATA if there is no model in it or it is damaged, MEMORY if it does not fit on the
     *     device
     */
    public static Model load(Device device, Path folder) {
        Objects.requireNonNull(folder, "folder");
        return device.use(() -> {
            ModelDirectory directory = ModelDirectory.open(folder);
            String task = Tasks.ALL.of(directory).name();
            return switch (task) {
                case LanguageModelling.NAME -> new TextModel(device, directory, null);
                case Classification.NAME -> new ClassModel(device, directory, null);
                default -> new SeriesModel(device, directory, null);
            };
        });
    }

    /** Another network of the same form. */
    final Network network(Map<String, Tensor> weights) {
        return LoadedNetwork.on(device.backend(), directory, config, weights, RnnImplementation.AUTO);
    }

    final Network network() {
        return network;
    }

    final NetworkConfig config() {
        return config;
    }

    /** Work on the model by one thread at a time. */
    final <R> R use(Supplier<R> work) {
        return device.use(() -> {
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            return work.get();
        });
    }

    /** {@return where it computes} */
    public final Device device() {
        return device;
    }

    /** {@return where it was loaded from} */
    public final Path folder() {
        return directory.path();
    }

    /** {@return how its training ended; empty of a model that was loaded} */
    public final Optional<TrainingResult> trainingResult() {
        return Optional.ofNullable(training);
    }

    /** {@return the kind of its cells: lstm, gru, rnn_tanh or rnn_relu} */
    public final String cell() {
        return lstmgpu.ChoiceName.of(config.cell());
    }

    /** {@return H, units of a layer} */
    public final int hiddenSize() {
        return config.hiddenSize();
    }

    /** {@return P, the numbers to which a layer's units are projected; 0 without a projection} */
    public final int projSize() {
        return config.projection();
    }

    /** {@return L, recurrent layers} */
    public final int numLayers() {
        return config.layers();
    }

    /** {@return how many numbers were learnt} */
    public final long parameters() {
        return network.parameterCount();
    }

    /** Frees more than the network. */
    void release() {}

    /** Gives back its memory on the device. Closing again does nothing. */
    @Override
    public final void close() {
        device.remove(this, () -> {
            closed = true;
            release();
            network.close();
        });
    }
}
