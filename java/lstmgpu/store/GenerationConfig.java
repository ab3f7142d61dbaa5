package lstmgpu.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import lstmgpu.files.JsonFields;
import lstmgpu.files.JsonFiles;

/**
 * What {@code generation_config.json} says: how text is drawn from the model unless a flag says otherwise. The keys are
 * those of the Hugging Face library.
 *
 * @param temperature 0 for the most probable token
 * @param topK 0 for no limit
 * @param repetitionPenalty 1 for none
 */
public record GenerationConfig(
        float temperature, int topK, float topP, float minP, float repetitionPenalty, int maxNewTokens) {
    /** What a model gets when it is made. */
    public static final GenerationConfig DEFAULT = new GenerationConfig(0.8f, 0, 1, 0, 1, 500);

    private static final float HIGHEST = 1e6f;
    private static final float LOWEST_PENALTY = 1e-6f;

    /**
     * @throws lstmgpu.LstmGpuException with exit code 3, naming the field that is out of range; a field that is
     *     missing has its default
     */
    public static GenerationConfig read(Path file) {
        JsonFields fields = new JsonFields(file, JsonFiles.read(file));
        return new GenerationConfig(
                number(fields, "temperature", 0, HIGHEST, DEFAULT.temperature),
                integer(fields, "top_k", 0, DEFAULT.topK),
                number(fields, "top_p", 0, 1, DEFAULT.topP),
                number(fields, "min_p", 0, 1, DEFAULT.minP),
                number(fields, "repetition_penalty", LOWEST_PENALTY, HIGHEST, DEFAULT.repetitionPenalty),
                integer(fields, "max_new_tokens", 0, DEFAULT.maxNewTokens));
    }

    /** Replaces the file as a whole. */
    public void write(Path file) {
        ObjectNode object = JsonFiles.object();
        object.put("temperature", temperature)
                .put("top_k", topK)
                .put("top_p", topP)
                .put("min_p", minP);
        object.put("repetition_penalty", repetitionPenalty).put("max_new_tokens", maxNewTokens);
        JsonFiles.writeSealed(file, object);
    }

    private static float number(JsonFields fields, String name, float lowest, float highest, float missing) {
        return fields.has(name) ? (float) fields.number(name, lowest, highest) : missing;
    }

    private static int integer(JsonFields fields, String name, int lowest, int missing) {
        return fields.has(name) ? fields.integer(name, lowest, Integer.MAX_VALUE) : missing;
    }
}
