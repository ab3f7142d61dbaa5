package lstmgpu.train;

import java.util.Map;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;

/**
 * The weights of a run on their way to model.safetensors: what is not finite never reaches the disk, and nothing takes
 * the place of weights that were better on the held-out data, whichever start of the run has written them.
 */
final class SoundModel {
    private final Supplier<Map<String, Tensor>> judged;
    private final ModelDirectory directory;

    /** What lies in the folder; null for nothing that could be used. */
    private WeightsOrigin kept;

    /** @param judged the weights by which the network is judged, copied to the host */
    SoundModel(Supplier<Map<String, Tensor>> judged, ModelDirectory directory) {
        this.judged = judged;
        this.directory = directory;
        this.kept = directory.hasWeights() ? found(directory) : null;
    }

    private static WeightsOrigin found(ModelDirectory directory) {
        try {
            directory.weights();
            return directory.weightsOrigin();
        } catch (LstmGpuException damaged) {
            // The run's checkpoint brings it back.
            return null;
        }
    }

    /**
     * The weights by which the network is judged.
     *
     * @throws Divergence if one is not finite
     */
    Map<String, Tensor> weights(int step) {
        return sound(step, judged.get());
    }

    /**
     * The same tensors.
     *
     * @throws Divergence if a value is not finite
     */
    static Map<String, Tensor> sound(int step, Map<String, Tensor> tensors) {
        tensors.forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                if (!Float.isFinite(value)) {
                    throw new Divergence(step, "%s holds %s after step %d".formatted(name, value, step));
                }
            }
        });
        return tensors;
    }

    /** The origin of what lies in the folder, if its loss on the held-out data is known; otherwise null. */
    WeightsOrigin best() {
        return kept != null && kept.isJudged() ? kept : null;
    }

    /**
     * Writes model.safetensors if the network is better than what lies there.
     *
     * @return whether it is
     */
    boolean offer(int step, double loss) {
        WeightsOrigin origin = new WeightsOrigin(step, loss);
        // The same again comes from a run that goes on from before it.
        boolean better = best() == null || loss < kept.validationLoss() || origin.equals(kept);
        if (better) {
            write(weights(step), origin);
        }
        return better;
    }

    /**
     * Writes model.safetensors with weights whose loss on the held-out data is not known, if the same is true of it.
     */
    void keep(Map<String, Tensor> weights, int step) {
        giveBack(weights, new WeightsOrigin(step, Double.NaN));
    }

    /** Writes model.safetensors with earlier weights, unless better ones lie there. */
    void giveBack(Map<String, Tensor> weights, WeightsOrigin origin) {
        if (best() == null || origin.validationLoss() < kept.validationLoss()) {
            write(weights, origin);
        }
    }

    private void write(Map<String, Tensor> weights, WeightsOrigin origin) {
        directory.saveWeights(weights, origin);
        kept = origin;
    }
}
