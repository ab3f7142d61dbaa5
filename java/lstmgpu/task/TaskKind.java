package lstmgpu.task;

import lstmgpu.LstmGpuException;
import lstmgpu.network.Measures;
import lstmgpu.store.ModelDirectory;

/** A task without its data: what a command that is given a model of it has to know. */
public interface TaskKind {
    /** What {@code config.json} calls it. */
    String name();

    /** What is measured of a model, which may follow from its head. */
    Measures measures(ModelDirectory directory);

    /**
     * Reads what lies beside a model's weights.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read or belongs to another model
     */
    Examiner examiner(ModelDirectory directory);
}
