package lstmgpu.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where weights come from. The file of weights says so itself, so that it stays true whatever else is lost.
 *
 * @param step steps of training
 * @param validationLoss on the held-out data in the task's unit, NaN where it was not measured
 */
public record WeightsOrigin(int step, double validationLoss) {
    /** Of weights that do not say. */
    public static final WeightsOrigin UNKNOWN = new WeightsOrigin(0, Double.NaN);

    private static final String STEP = "step";
    private static final String LOSS = "validation_loss";

    /**
     * What a file of weights says of itself.
     *
     * @throws lstmgpu.LstmGpuException with exit code 3 if it is missing or its header is damaged
     */
    public static WeightsOrigin of(Path file) {
        Map<String, String> metadata = Safetensors.metadata(file);
        try {
            int step = Integer.parseInt(metadata.getOrDefault(STEP, "0"));
            double loss = Double.parseDouble(metadata.getOrDefault(LOSS, "NaN"));
            return new WeightsOrigin(step, loss >= 0 ? loss : Double.NaN);
        } catch (NumberFormatException foreign) {
            return UNKNOWN;
        }
    }

    /** Whether a loss was measured. */
    public boolean isJudged() {
        return !Double.isNaN(validationLoss);
    }

    /** As a file of weights says it. */
    Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (!equals(UNKNOWN)) {
            metadata.put(STEP, Integer.toString(step));
        }
        if (isJudged()) {
            metadata.put(LOSS, Double.toString(validationLoss));
        }
        return metadata;
    }
}
