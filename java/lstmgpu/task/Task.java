package lstmgpu.task;

import java.util.Map;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Feed;
import lstmgpu.network.Measures;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/**
 * What a network learns and from which data. Training, resuming, early stopping, progress, records and charts ask a
 * task and know nothing else of it; input, head and loss are the network's.
 */
public interface Task {
    /** What {@code config.json} calls it. */
    String name();

    /** What is measured, for whatever shows it. */
    Measures measures();

    /** The loss of a network that has learnt nothing; a smoothed loss of several times that counts as divergence. */
    double blindLoss();

    DataSource source();

    /** Steps of the data to train on, such as tokens. */
    long trainingLength();

    /** Those that are held out; 0 if there are none. */
    long heldOutLength();

    /**
     * Which of the data each step reads.
     *
     * @throws LstmGpuException with exit code 3 if there is too little of it
     */
    BatchPlan plan(Batching batching);

    /**
     * Fills batches with the data to train on.
     *
     * @param plan as {@link #plan} said, or some sequences of it
     */
    Feed feed(Backend backend, BatchPlan plan);

    /**
     * Evaluates on the data that is held out; null if there is none.
     *
     * @param sequences the most sequences
     * @param steps of one go
     */
    Evaluation evaluation(Network network, int sequences, int steps);

    /**
     * What the network writes while it is trained; {@link Samples#NONE} where it writes nothing.
     *
     * @param prompt what a sample goes on from
     * @param length of a sample; 0 if none is wanted
     * @throws LstmGpuException with exit code 2 if the prompt cannot be read
     */
    Samples samples(String prompt, int length, long seed);

    /**
     * What must stay as it was for a run to go on beside the network, the data and the settings, by the names of the
     * files in the model directory that hold it.
     */
    Map<String, String> identity();

    /** Writes what belongs beside the weights, config.json included. */
    void save(ModelDirectory directory, NetworkConfig config);

    /** Changes the drawn weights of a new network where the task knows a better beginning. */
    default void begin(Network network) {}

    /**
     * The weights of another model as a beginning.
     *
     * @param name of the other model, for messages
     * @param drawn weights for what the other model lacks
     * @throws LstmGpuException with exit code 3 if it is another network or has learnt something else
     */
    default Map<String, Tensor> adopt(
            ModelDirectory other, String name, NetworkConfig config, Supplier<Map<String, Tensor>> drawn) {
        NetworkConfig theirs = other.config();
        if (!theirs.tensorShapes().equals(config.tensorShapes())
                || theirs.cell() != config.cell()
                || !theirs.head().equals(config.head())
                || !theirs.input().equals(config.input())) {
            throw anotherNetwork(name, theirs, config);
        }
        return other.weights();
    }

    /** Exit code 3. */
    static LstmGpuException anotherNetwork(String name, NetworkConfig theirs, NetworkConfig own) {
        return LstmGpuException.data(
                "--init-from %s is another network: %s, where this run is %s; give the same sizes",
                name, theirs.line(), own.line());
    }
}
