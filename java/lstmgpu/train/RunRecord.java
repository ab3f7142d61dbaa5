package lstmgpu.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.data.BatchPlan;
import lstmgpu.model.ModelDirectory;

/** What {@code run.json} tells of a run. Fields that others have put there stay. */
public final class RunRecord {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SETTINGS = "settings";

    private final ModelDirectory directory;

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
            TrainingSettings settings = JSON.treeToValue(directory.run().get(SETTINGS), TrainingSettings.class);
            if (settings == null) {
                throw LstmGpuException.data("run.json of %s has no settings; start a new run", directory.path());
            }
            return settings;
        } catch (JsonProcessingException failure) {
            throw LstmGpuException.data(
                    "run.json of %s is damaged: %s; start a new run", directory.path(), failure.getOriginalMessage());
        }
    }

    void started(TrainingSettings settings, TrainingText text, BatchPlan plan, DeviceInfo device, int step) {
        ObjectNode run = directory.run();
        run.put("status", "running");
        run.set("arguments", JSON.valueToTree(settings.run().arguments()));
        run.set(SETTINGS, JSON.valueToTree(settings));
        run.put("seed", settings.run().seed());
        run.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        run.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        run.putObject("device")
                .put("backend", device.backend())
                .put("name", device.name())
                .put("detail", device.detail())
                .put("memory_bytes", device.memoryBytes());
        ObjectNode data = run.putObject("data");
        data.set("inputs", JSON.valueToTree(text.inputs().list()));
        data.put("source", text.source())
                .put("sha256", text.sha256())
                .put("training_tokens", text.trainingTokens())
                .put("validation_tokens", text.validationTokens())
                .put("steps_per_epoch", plan.stepsPerEpoch());
        run.put(step == 0 ? "started" : "resumed", now());
        directory.saveRun(run);
    }

    void finished(TrainingResult result) {
        ObjectNode run = directory.run();
        run.put("status", result.reason().name().toLowerCase(Locale.ROOT));
        run.put("finished", now());
        run.put("steps", result.steps());
        run.put("seconds", result.seconds());
        putFinite(run, "training_loss", result.trainingLoss());
        putFinite(run, "best_validation_loss", result.bestLoss());
        if (Double.isFinite(result.bestLoss())) {
            run.put("best_step", result.bestStep());
        }
        directory.saveRun(run);
    }

    /** Notes that the run was given up. */
    void failed(String reason) {
        ObjectNode run = directory.run();
        run.put("status", "failed").put("reason", reason).put("finished", now());
        directory.saveRun(run);
    }

    private static void putFinite(ObjectNode run, String field, double value) {
        if (Double.isFinite(value)) {
            run.put(field, value);
        }
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
