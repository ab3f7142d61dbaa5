package lstmgpu.runs;

import lstmgpu.network.NetworkConfig;
import lstmgpu.task.Task;
import lstmgpu.train.TrainingSettings;

/** A run whose data has been read, so that nothing is missing but a device. */
public interface PreparedRun extends AutoCloseable {
    NetworkConfig config();

    Task task();

    TrainingSettings settings();

    /** How the data is divided, on a line. */
    String split();

    /** Lets go of the data. */
    @Override
    default void close() {}
}
