package lstmgpu.train;

import lstmgpu.data.BatchPlan;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;

/**
 * What a run is made of.
 *
 * @param network all that it keeps on the device
 * @param plan how the data is walked through
 * @param directory where it writes
 * @param listener who is told
 * @param totalSteps steps of the whole run, or {@link TrainingSettings#UNLIMITED}
 */
record RunParts(
        TrainingNetwork network,
        Task task,
        BatchPlan plan,
        TrainingSettings settings,
        ModelDirectory directory,
        TrainingListener listener,
        int totalSteps) {}
