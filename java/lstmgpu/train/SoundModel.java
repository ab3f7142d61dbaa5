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

    SoundModel(LanguageModel model, ModelDirectory directory) {
        this.model = model;
        this.directory = directory;
    }

    /**
     * @throws Divergence if one is not finite
     */
    Map<String, Tensor> weights(int step) {
        Map<String, Tensor> tensors = model.tensors();
        tensors.forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                if (!Float.isFinite(value)) {
                    throw new Divergence(step, "%s holds %s after step %d".formatted(name, value, step));
                }
            }
        });
        return tensors;
    }

    /** Writes model.safetensors. */
    void save(int step) {
        directory.saveWeights(weights(step));
    }

    /**
     * Why the run ends: nothing that was tried helped.
     *
     * @param tries how often it went back and tried half the rate
     * @param rate the rate of the last try
     */
    LstmGpuException givenUp(Divergence divergence, int tries, double rate) {
        String tried = tries == 0 ? "" : " again, after %d tries with half the learning rate each".formatted(tries);
        String kept = directory.hasWeights()
                ? "%s keeps the last good model".formatted(directory.weightsFile())
                : "no model was written";
        return new LstmGpuException(
                ExitCode.DIVERGED,
                "%s, so training diverged%s; %s; start again with a lower rate such as --lr %s, or a smaller --grad-clip"
                        .formatted(divergence.getMessage(), tried, kept, (float) (rate * GENTLER)),
                divergence);
    }
}
