package lstmgpu.train;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lstmgpu.LstmGpuException;
import lstmgpu.data.InputText;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.network.ZoneoutRates;
import lstmgpu.task.Task;

/**
 * What must stay the same for a run to go on exactly.
 *
 * @param settings by the flag that sets each
 * @param files of the model directory that are among them
 * @param inputs of the data, to say what changed
 */
record RunIdentity(Map<String, String> settings, Set<String> files, List<InputText> inputs) {
    private static final String TEXT = "text";

    private static final String SOFTMAX = "--softmax";
    private static final String FULL = "full";

    /** What a checkpoint means that was written before there was such a flag. */
    private static final Map<String, String> BEFORE =
            new HashMap<>(Map.of("--average", "off", "--proj-size", "0", "--vary-length", "false", SOFTMAX, FULL));

    static {
        Regularisation.NONE.byFlag().forEach((flag, value) -> BEFORE.put(flag, String.valueOf(value)));
        BEFORE.put(ZoneoutRates.CELL_FLAG, String.valueOf(ZoneoutRates.NONE.cell()));
        BEFORE.put(ZoneoutRates.HIDDEN_FLAG, String.valueOf(ZoneoutRates.NONE.hidden()));
    }

    static RunIdentity of(NetworkConfig config, Task task, TrainingSettings settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("--cell", config.cell());
        values.put("--hidden-size", config.hiddenSize());
        values.put("--proj-size", config.projection());
        values.put("--num-layers", config.layers());
        switch (config.input()) {
            case InputPart.Tokens tokens -> {
                values.put("--embedding-size", tokens.size());
                values.put("--tie-weights", config.tieWeights());
                values.put("--vocab-size", tokens.vocabularySize());
            }
            case InputPart.Features features -> values.put("features", features.size());
        }
        if (config.head() instanceof Head.NextToken next) {
            values.put(SOFTMAX, next.clusters() == null ? FULL : next.clusters());
        } else {
            values.put("head", config.head());
        }
        values.put("task", task.name());
        values.put("--dropout", config.dropout());
        values.put(ZoneoutRates.CELL_FLAG, config.zoneout().cell());
        values.put(ZoneoutRates.HIDDEN_FLAG, config.zoneout().hidden());
        values.put("--batch-size", settings.loop().batchSize());
        values.put("--seq-length", settings.loop().seqLength());
        values.put("--step-size", settings.loop().stepSize());
        values.put("--reset-state", settings.loop().resetState());
        values.put("--vary-length", settings.loop().varyLength());
        values.put("--optimizer", settings.optimisation().optimizer());
        values.put("--momentum", settings.optimisation().momentum());
        values.put("--average", settings.averaging());
        values.putAll(settings.regularisation().byFlag());
        values.put("--precision", settings.run().precision());
        values.put("--seed", settings.run().seed());
        values.put(
                "--val-frac",
                "%d %s to train on, %d held out"
                        .formatted(task.trainingLength(), task.measures().plural(), task.heldOutLength()));
        values.put(TEXT, task.source().sha256());
        values.putAll(task.identity());
        Map<String, String> identity = new LinkedHashMap<>();
        values.forEach((flag, value) -> identity.put(flag, String.valueOf(value)));
        return new RunIdentity(
                identity, task.identity().keySet(), task.source().inputs().list());
    }

    /**
     * @throws LstmGpuException with exit code 3 if the data is another or what lies beside the weights, such as a
     *     tokenizer, 2 if a flag differs
     */
    void check(Checkpoint.State saved) {
        if (differs(TEXT, saved)) {
            String change = InputText.difference(saved.inputs(), inputs);
            throw LstmGpuException.data(
                    "the text has changed since the checkpoint at step %d: %s; give the text as it was, "
                            + "or start a new run from the model with --init-from",
                    saved.step(), change.isEmpty() ? "its SHA-256 is another one" : change);
        }
        files.stream().filter(file -> differs(file, saved)).findFirst().ifPresent(file -> {
            throw LstmGpuException.data(
                    "%s is not the one that the checkpoint at step %d was trained with; restore it from a copy",
                    file, saved.step());
        });
        settings.forEach((flag, value) -> {
            if (differs(flag, saved)) {
                throw LstmGpuException.usage(
                        "a run cannot be resumed with another %s: it was %s and is now %s; "
                                + "leave it as it was or start a new run",
                        flag, saved(flag, saved), value);
            }
        });
    }

    /** A flag that the build of the checkpoint did not have yet says nothing, or what it means not to be there. */
    private boolean differs(String name, Checkpoint.State saved) {
        String before = saved(name, saved);
        return before != null && !settings.get(name).equals(before);
    }

    private static String saved(String name, Checkpoint.State saved) {
        return saved.run().getOrDefault(name, BEFORE.get(name));
    }
}
