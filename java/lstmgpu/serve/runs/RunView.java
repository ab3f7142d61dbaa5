package lstmgpu.serve.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.RunFiles;
import lstmgpu.train.TrainingListener;
import lstmgpu.train.TrainingSettings;

/** A run at one moment, as it is told to pages and programs. */
record RunView(String name, RunFiles.Content files, RunControl.State state) {
    /** Whether it was trained here, rather than brought from elsewhere. */
    boolean isRun() {
        return !status().isEmpty();
    }

    /** A line of a list of runs. */
    ObjectNode summary() {
        ObjectNode run = JsonNodeFactory.instance.objectNode();
        JsonNode kept = files.run();
        run.put("name", name).put("task", files.task()).put("status", status());
        run.put("can_stop", state.canStop())
                .put("can_resume", state.canResume())
                .put("has_weights", files.hasWeights());
        String failure =
                state.failure() != null ? state.failure() : kept.path("reason").asText(null);
        run.put("reason", state.running() ? null : failure);
        run.put("loss_unit", kept.at("/data/loss_unit").asText("loss"))
                .put("device", kept.at("/device/backend").asText(null));
        place(run);
        number(run, "best_loss", best());
        return run;
    }

    /** The word of run.json, unless the process that wrote it is no more, or another has begun. */
    private String status() {
        String kept = files.run().path("status").asText("");
        if (state.running()) {
            return "running";
        }
        return kept.equals("running") ? "interrupted" : kept;
    }

    /** Where it is and how far it has to go. */
    private void place(ObjectNode run) {
        MetricsFile.Row last = files.rows().isEmpty() ? null : files.rows().getLast();
        TrainingListener.Progress now = state.running() ? state.progress() : null;
        long step = now != null
                ? now.step()
                : last != null ? last.step() : files.run().path("steps").asLong(0);
        long total = total();
        run.put("step", step);
        if (total > 0) {
            run.put("total_steps", total);
        }
        double seconds = last == null ? 0 : last.seconds();
        number(run, "epoch", now != null ? now.epoch() : last != null ? last.epoch() : Double.NaN);
        number(run, "done", now != null ? now.done() : done(step, total, seconds));
        number(run, "loss", now != null ? now.loss() : lastLoss());
        number(run, "learning_rate", now != null ? now.learningRate() : last != null ? last.learningRate() : 0);
        if (state.running()) {
            number(run, "tokens_per_second", now != null ? now.speed() : last != null ? last.tokensPerSecond() : 0);
            number(run, "seconds_left", now != null ? now.secondsLeft() : left(step, total, seconds));
        }
        number(run, "seconds", seconds);
    }

    /** Steps of the whole run; 0 where they are not known. */
    private long total() {
        JsonNode loop = files.run().at("/settings/loop");
        long most = loop.path("maxSteps").asLong(TrainingSettings.UNLIMITED);
        long epochs = loop.path("epochs").asLong(TrainingSettings.UNLIMITED);
        long ofEpoch = files.run().at("/data/steps_per_epoch").asLong(0);
        if (epochs < TrainingSettings.UNLIMITED && ofEpoch > 0) {
            most = Math.min(most, epochs * ofEpoch);
        }
        return most >= TrainingSettings.UNLIMITED ? 0 : most;
    }

    private double done(long step, long total, double seconds) {
        double limit = files.run().at("/settings/loop/maxSeconds").asDouble(0);
        return total > 0 ? Math.min(1, (double) step / total) : limit > 0 ? Math.min(1, seconds / limit) : Double.NaN;
    }

    private double left(long step, long total, double seconds) {
        double limit = files.run().at("/settings/loop/maxSeconds").asDouble(0);
        double bySteps = total > 0 && step > 0 ? (total - step) * seconds / step : Double.NaN;
        return total > 0 ? bySteps : limit > 0 ? Math.max(0, limit - seconds) : Double.NaN;
    }

    private double lastLoss() {
        return files.rows().reversed().stream()
                .mapToDouble(MetricsFile.Row::trainLoss)
                .filter(Double::isFinite)
                .findFirst()
                .orElse(Double.NaN);
    }

    private double best() {
        return files.rows().stream()
                .mapToDouble(MetricsFile.Row::validationLoss)
                .filter(Double::isFinite)
                .min()
                .orElse(Double.NaN);
    }

    /**
     * What has changed since another moment: everything where there is none, or the run has gone back.
     *
     * @param before null for everything
     * @return null where nothing has
     */
    ObjectNode since(RunView before) {
        if (before != null && equals(before)) {
            return null;
        }
        List<MetricsFile.Row> known = before == null ? List.of() : before.files.rows();
        int same = known.size();
        boolean goesOn = before != null
                && same <= files.rows().size()
                && files.rows().subList(0, same).equals(known);
        ObjectNode told = JsonNodeFactory.instance.objectNode().put("type", goesOn ? "change" : "all");
        told.set("run", summary());
        ArrayNode rows = told.putArray("rows");
        files.rows().subList(goesOn ? same : 0, files.rows().size()).forEach(row -> rows.add(row(row)));
        if (!goesOn || !files.samples().equals(before.files.samples())) {
            ArrayNode samples = told.putArray("samples");
            files.samples()
                    .forEach(sample ->
                            samples.addObject().put("step", sample.step()).put("text", sample.text()));
        }
        return told;
    }

    private static ArrayNode row(MetricsFile.Row row) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode().add(row.step());
        for (double value : new double[] {
            row.epoch(),
            row.trainLoss(),
            row.validationLoss(),
            row.learningRate(),
            row.gradientNorm(),
            row.tokensPerSecond(),
            row.seconds()
        }) {
            if (Double.isFinite(value)) {
                values.add((float) value); // seven digits are plenty for a chart
            } else {
                values.addNull();
            }
        }
        return values;
    }

    private static void number(ObjectNode object, String field, double value) {
        if (Double.isFinite(value)) {
            object.put(field, value);
        }
    }
}
