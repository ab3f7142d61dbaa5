package lstmgpu.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.data.InputText;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.ModelConfig;

/**
 * What must stay the same for a run to go on exactly.
 *
 * @param settings by the flag that sets each
 * @param inputs of the text, to say what changed
 */
record RunIdentity(Map<String, String> settings, List<InputText> inputs) {
    private static final String TEXT = "text";
    private static final String TOKENIZER = "tokenizer.json";

    static RunIdentity of(ModelConfig config, Tokenizer tokenizer, TrainingText text, TrainingSettings settings) {
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
        values.put("--reset-state", settings.loop().resetState());
        values.put("--optimizer", settings.optimisation().optimizer());
        values.put("--momentum", settings.optimisation().momentum());
        values.put("--precision", settings.run().precision());
        values.put("--seed", settings.run().seed());
        values.put(
                "--val-frac",
                "%d tokens to train on, %d held out".formatted(text.trainingTokens(), text.validationTokens()));
        values.put(TEXT, text.sha256());
        values.put(TOKENIZER, TokenizerJson.sha256(tokenizer));
        Map<String, String> identity = new LinkedHashMap<>();
        values.forEach((flag, value) -> identity.put(flag, String.valueOf(value)));
        return new RunIdentity(identity, text.inputs().list());
    }

    /**
     * @throws LstmGpuException with exit code 3 if the text or the tokenizer is another one, 2 if a flag differs
     */
    void check(Checkpoint.State saved) {
        if (differs(TEXT, saved)) {
            String change = InputText.difference(saved.inputs(), inputs);
            throw LstmGpuException.data(
                    "the text has changed since the checkpoint at step %d: %s; give the text as it was, "
                            + "or start a new run from the model with --init-from",
                    saved.step(), change.isEmpty() ? "its SHA-256 is another one" : change);
        }
        if (differs(TOKENIZER, saved)) {
            throw LstmGpuException.data(
                    "tokenizer.json is not the one that the checkpoint at step %d was trained with; "
                            + "restore it from a copy",
                    saved.step());
        }
        settings.forEach((flag, value) -> {
            if (differs(flag, saved)) {
                throw LstmGpuException.usage(
                        "a run cannot be resumed with another %s: it was %s and is now %s; "
                                + "leave it as it was or start a new run",
                        flag, saved.run().get(flag), value);
            }
        });
    }

    /** A flag that the build of the checkpoint did not have yet says nothing. */
    private boolean differs(String name, Checkpoint.State saved) {
        return saved.run().containsKey(name)
                && !settings.get(name).equals(saved.run().get(name));
    }
}
