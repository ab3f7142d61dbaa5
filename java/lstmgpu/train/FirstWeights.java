package lstmgpu.train;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;

/** The weights that a new run begins with: drawn, or those of another model as far as the task can take them. */
final class FirstWeights {
    private final NetworkConfig config;
    private final Task task;
    private final TrainingSettings.Run run;
    private final int steps;

    /** @param steps T of the longest sequence */
    FirstWeights(NetworkConfig config, Task task, TrainingSettings.Run run, int steps) {
        this.config = config;
        this.task = task;
        this.run = run;
        this.steps = steps;
    }

    /**
     * @throws LstmGpuException with exit code 3 if the other model cannot be read, is another network or has learnt
     *     something else
     */
    void give(Network model) {
        if (run.initFrom() == null) {
            model.initialise(run.seed(), run.initialisation(), steps);
            task.begin(model);
            return;
        }
        try (ModelDirectory source = ModelDirectory.open(Path.of(run.initFrom()))) {
            model.load(task.adopt(source, run.initFrom(), config, () -> drawn(model)));
        }
    }

    private Map<String, Tensor> drawn(Network model) {
        model.initialise(run.seed(), run.initialisation(), steps);
        return model.tensors();
    }

    /** As {@link #give} would, without a model to give them to. */
    void check() {
        if (run.initFrom() != null) {
            try (ModelDirectory source = ModelDirectory.open(Path.of(run.initFrom()))) {
                task.adopt(source, run.initFrom(), config, config::zeros);
            }
        }
    }
}
