package lstmgpu.train;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.model.ModelConfig;

/** What must stay the same for a run to go on exactly: by the flag that sets it. */
final class RunIdentity {
    private static final String TEXT = "text";

    private RunIdentity() {}

    static Map<String, String> of(ModelConfig config, TrainingText text, TrainingSettings settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("--cell", config.cell());
        values.put("--hidden-size", config.hiddenSize());
        values.put("--num-layers", config.layers());
        values.put("--embedding-size", config.embeddingSize());
        values.put("--tie-weights", config.tieWeights());
        values.put("--dropout", config.dropout());
        values.put("--vocab-size", config.vocabularySize());
        values.put("--batch-size", settings.loop().batchSize());
        values.put("--seq-length", settings.loop().seqLength());
        values.put("--step-size", settings.loop().stepSize());
        values.put("--optimizer", settings.optimisation().optimizer());
        values.put("--momentum", settings.optimisation().momentum());
        values.put("--precision", settings.run().precision());
        values.put("--seed", settings.run().seed());
        values.put(
                "--val-frac",
                "%d tokens to train on, %d held out".formatted(text.trainingTokens(), text.validationTokens()));
        values.put(TEXT, text.sha256());
        Map<String, String> identity = new LinkedHashMap<>();
        values.forEach((flag, value) -> identity.put(flag, String.valueOf(value)));
        return identity;
    }

    /**
     * @throws LstmGpuException with exit code 3 if the text is another one, 2 if a flag differs
     */
    static void check(Map<String, String> saved, Map<String, String> now) {
        if (!now.get(TEXT).equals(saved.get(TEXT))) {
            throw LstmGpuException.data(
                    "the text is not the one that this run was started with (SHA-256 %s, then %s); "
                            + "give the same inputs in the same order",
                    now.get(TEXT), saved.get(TEXT));
        }
        now.forEach((flag, value) -> {
            if (!value.equals(saved.get(flag))) {
                throw LstmGpuException.usage(
                        "a run cannot be resumed with another %s: it was %s and is now %s; "
                                + "leave it as it was or start a new run",
                        flag, saved.get(flag), value);
            }
        });
    }
}
