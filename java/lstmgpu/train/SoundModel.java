package lstmgpu.train;

import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.model.LanguageModel;
import lstmgpu.model.ModelDirectory;
import lstmgpu.model.Tensor;

/** The weights of a run, as long as they are sound: what is not finite never reaches the disk. */
final class SoundModel {
    private static final float GENTLER = 0.25f;

    private final LanguageModel model;
    private final ModelDirectory directory;
    private final float learningRate;

    SoundModel(LanguageModel model, ModelDirectory directory, float learningRate) {
        this.model = model;
        this.directory = directory;
        this.learningRate = learningRate;
    }

    /**
     * @throws LstmGpuException with exit code 6 if one is not finite
     */
    Map<String, Tensor> weights(int step) {
        Map<String, Tensor> tensors = model.tensors();
        tensors.forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                if (!Float.isFinite(value)) {
                    throw diverged("%s holds %s after step %d".formatted(name, value, step));
                }
            }
        });
        return tensors;
    }

    /** Writes model.safetensors. */
    void save(int step) {
        directory.saveWeights(weights(step));
    }

    LstmGpuException diverged(String what) {
        String kept = directory.hasWeights()
                ? "%s keeps the last good model".formatted(directory.weightsFile())
                : "no model was written";
        return new LstmGpuException(
                ExitCode.DIVERGED,
                "%s, so training diverged; %s; start again with a lower rate such as --lr %s, or a smaller --grad-clip"
                        .formatted(what, kept, learningRate * GENTLER));
    }
}
