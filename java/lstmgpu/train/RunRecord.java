package lstmgpu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import lstmgpu.HomeFolders;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.InputText;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.WeightsOrigin;
import lstmgpu.task.Task;

/** What {@code run.json} tells of a run. Fields that others have put there stay. */
public final class RunRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SETTINGS = "settings";

    private static final String ARGUMENTS = "arguments";
    private static final List<String> OF_ONE_START = List.of(ARGUMENTS, SETTINGS, "seed");

    /** What is known at the end only; until then there is no claim that could be wrong. */
    private static final List<String> RESULTS = List.of(
            "finished",
            "reason",
            "steps",
            "seconds",
            "training_loss",
            "averaged_from_step",
            "best_validation_loss",
            "best_step",
            "test_loss",
            "test_tokens");

    private final ModelDirectory directory;
    private ObjectNode earlier = JSON.createObjectNode();
    private ObjectNode current = JSON.createObjectNode();
    private int firstStep;

    RunRecord(ModelDirectory directory) {
        this.directory = directory;
    }

    /**
     * The settings of the run that a directory's model comes from, for a run that goes on with it.
     *
     * @throws LstmGpuException with exit code 3 if run.json has none or they are damaged
     */
    public static TrainingSettings settings(ModelDirectory directory) {
        try {
            ObjectNode run = directory.run();
            if (run.path(SETTINGS).path("run") instanceof ObjectNode start) {
                start.set(ARGUMENTS, run.path(ARGUMENTS));
            }
            TrainingSettings settings = JSON.treeToValue(run.get(SETTINGS), TrainingSettings.class);
            if (settings == null) {
                throw LstmGpuException.data("run.json of %s has no settings; start a new run", directory.path());
            }
            return settings;
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "run.json of %s is damaged: %s; start a new run", directory.path(), failure.getOriginalMessage());
        }
    }

    void started(TrainingSettings settings, Task task, BatchPlan plan, DeviceInfo device, int step) {
        ObjectNode run = directory.isFollowed() ? JSON.createObjectNode() : directory.run();
        earlier = run.deepCopy();
        firstStep = step;
        run.remove(RESULTS);
        run.put("status", "running");
        run.set(ARGUMENTS, JSON.valueToTree(settings.run().arguments()));
        run.set(SETTINGS, settings(settings));
        run.put("seed", settings.run().seed());
        run.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        run.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        run.putObject("device")
                .put("backend", device.backend())
                .put("name", device.name())
                .put("detail", device.detail())
                .put("memory_bytes", device.memoryBytes());
        ObjectNode data = run.putObject("data");
        List<InputText> inputs = task.source().inputs().list();
        data.set("inputs", JSON.valueToTree(inputs));
        data.put("source", InputText.describe(inputs))
                .put("sha256", task.source().sha256())
                .put("training_tokens", task.trainingLength())
                .put("validation_tokens", task.heldOutLength())
                .put("loss_unit", task.measures().loss().unit())
                .put("steps_per_epoch", plan.stepsPerEpoch());
        run.put(step == 0 ? "started" : "resumed", now());
        directory.saveRun(run);
        current = run;
    }

    /** Without what stands elsewhere, and without folders: where another model lies is nobody's business. */
    private static ObjectNode settings(TrainingSettings settings) {
        ObjectNode tree = JSON.valueToTree(settings);
        ObjectNode start = (ObjectNode) tree.get("run");
        start.remove(ARGUMENTS);
        if (settings.run().initFrom() != null) {
            start.put(
                    "initFrom", Path.of(settings.run().initFrom()).getFileName().toString());
        }
        return tree;
    }

    /** What others have added meanwhile stays; what they have broken must not cost the end of a run. */
    private ObjectNode read() {
        try {
            return directory.run();
        } catch (LstmGpuException damaged) {
            return current;
        }
    }

    void finished(TrainingResult result) {
        if (directory.isFollowed()) {
            return;
        }
        ObjectNode run = read();
        run.put("status", result.reason().name().toLowerCase(Locale.ROOT));
        run.put("finished", now());
        run.put("steps", result.steps());
        run.put("seconds", result.seconds());
        if (Double.isFinite(result.trainingLoss())) {
            run.put("training_loss", result.trainingLoss());
        }
        if (result.averagedFrom() >= 0) {
            run.put("averaged_from_step", result.averagedFrom());
        }
        putBest(run);
        directory.saveRun(run);
    }

    /**
     * Notes that the run was given up. A start that has saved nothing has not changed the run, and so neither its
     * flags.
     */
    void failed(String reason) {
        if (directory.isFollowed()) {
            return;
        }
        ObjectNode run = read();
        run.remove(RESULTS);
        run.put("status", "failed").put("reason", withoutFolders(reason)).put("finished", now());
        Path newest = new CheckpointStore(directory.checkpoints(), 1).newest();
        if (newest != null && CheckpointStore.step(newest) == firstStep) {
            OF_ONE_START.stream().filter(earlier::has).forEach(field -> run.set(field, earlier.get(field)));
        }
        putBest(run);
        directory.saveRun(run);
    }

    private String withoutFolders(String reason) {
        String told = directory.path().isAbsolute() ? reason.replace(directory.path() + "/", "") : reason;
        return HomeFolders.hide(told, System.getenv());
    }

    /** As model.safetensors itself says it. */
    private void putBest(ObjectNode run) {
        if (directory.hasWeights()) {
            WeightsOrigin origin = directory.weightsOrigin();
            if (origin.isJudged()) {
                run.put("best_validation_loss", origin.validationLoss());
                run.put("best_step", origin.step());
            }
        }
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
