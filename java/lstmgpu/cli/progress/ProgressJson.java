package lstmgpu.cli.progress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.train.TrainingResult;

/** Every event as one JSON object a line, for programs. */
final class ProgressJson extends ProgressView {
    private static final long EVERY_NANOS = 1_000_000_000L;

    private long printedAt;

    ProgressJson(Console console, DeviceInfo device, Measures measures) {
        super(console, device, measures);
    }

    /** What is counted, with words before or after it. */
    private String key(String before, String after) {
        return (before + measures.plural() + after).replace(' ', '_');
    }

    private static void put(Map<Metric, Double> told, ObjectNode event) {
        told.forEach((metric, value) -> event.put(metric.key(), value));
    }

    @Override
    public void started(Start start) {
        ObjectNode event = JsonLines.object().put("event", "started").put("device", device.backend());
        event.put("parameters", start.parameters()).put(key("training_", ""), start.trainingLength());
        event.put(key("validation_", ""), start.heldOutLength()).put("steps_per_epoch", start.stepsPerEpoch());
        say(event.put("start_step", start.startStep()).put("total_steps", start.totalSteps()));
    }

    @Override
    public void progress(Progress progress) {
        long now = System.nanoTime();
        if (printedAt != 0 && now - printedAt < EVERY_NANOS) {
            return;
        }
        printedAt = now;
        ObjectNode event = JsonLines.object().put("event", "progress").put("step", progress.step());
        event.put("epoch", progress.epoch()).put("loss", progress.loss());
        put(measures.ofLoss(progress.loss()), event);
        event.put("done", rounded(progress.done(), 4)).put("learning_rate", decimal(progress.learningRate()));
        event.put(key("", "_per_second"), rounded(progress.speed(), 0));
        say(event.put("seconds_left", rounded(progress.secondsLeft(), 1)));
    }

    @Override
    public void evaluation(Evaluation evaluation) {
        ObjectNode event = JsonLines.object().put("event", "evaluation").put("step", evaluation.step());
        event.put("epoch", evaluation.epoch()).put("loss", evaluation.result().loss());
        put(measures.of(evaluation.result()), event);
        say(event.put("best", evaluation.best()));
    }

    @Override
    public void sample(Sample sample) {
        say(JsonLines.object().put("event", "sample").put("step", sample.step()).put("text", sample.text()));
    }

    @Override
    public void checkpoint(int step, Path folder) {
        say(JsonLines.object().put("event", "checkpoint").put("step", step).put("folder", folder.toString()));
    }

    @Override
    public void notice(String message) {
        say(JsonLines.object().put("event", "notice").put("message", message));
    }

    @Override
    public void finished(TrainingResult result) {
        ObjectNode event = JsonLines.object().put("event", "finished").put("reason", Choices.name(result.reason()));
        event.put("steps", result.steps()).put("training_loss", result.trainingLoss());
        event.put("best_loss", result.bestLoss()).put("best_step", result.bestStep());
        event.put("held_out_trend", Choices.name(result.trend()));
        say(event.put("seconds", rounded(result.seconds(), 3)));
    }

    /** As short as the number can be written, not as long as the double next to it is. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static double rounded(double value, int digits) {
        double unit = Math.pow(10, digits);
        return Double.isFinite(value) ? Math.round(value * unit) / unit : value;
    }

    private void say(ObjectNode event) {
        console.say(JsonLines.line(event));
    }
}
