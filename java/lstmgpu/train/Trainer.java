package lstmgpu.train;

import lstmgpu.backend.Backend;
import lstmgpu.data.Tokenizer;
import lstmgpu.model.ModelConfig;
import lstmgpu.model.ModelDirectory;

/**
 * Trains a language model in a model directory. The caller has made the directory, locked it and written config.json, tokenizer.json and
 * generation_config.json; the trainer writes model.safetensors, metrics.csv, samples.txt, run.json and checkpoints/.
 */
public final class Trainer {
    private volatile boolean stopRequested;

    /**
     * @param directory locked by the caller
     * @throws lstmgpu.LstmGpuException with exit code 3 if the text is too short, 5 if memory is short, 2 if a run cannot be resumed so
     */
    public Trainer(
            Backend backend,
            ModelConfig config,
            Tokenizer tokenizer,
            TrainingText text,
            TrainingSettings settings,
            ModelDirectory directory,
            TrainingListener listener) {}

    /**
     * Trains until the run is over or a stop is asked for.
     *
     * @throws lstmgpu.LstmGpuException with exit code 6 if the loss diverges
     */
    public TrainingResult run() {
        return new TrainingResult(
                stopRequested ? TrainingResult.Reason.STOP_REQUESTED : TrainingResult.Reason.COMPLETED, 0, 0, 0, 0, 0);
    }

    /** From any thread: finish the step in progress, write a checkpoint and return. */
    public void requestStop() {
        stopRequested = true;
    }
}
