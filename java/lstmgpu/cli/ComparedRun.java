package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import lstmgpu.Printable;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.models.Tasks;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.TrainingSettings;

/**
 * What a training run came to.
 *
 * @param name as it was given on the command line
 * @param settings by readable names, in the order of the files
 */
record ComparedRun(String name, List<MetricsFile.Row> rows, Map<String, String> settings, ComparedText text) {
    /** Runs without a held-out loss come last. */
    static final Comparator<ComparedRun> BEST_FIRST = Comparator.comparingDouble(ComparedRun::bestLoss);

    /** They say how the program was started, not how it trained. */
    private static final Set<String> NO_SETTINGS = Set.of("arguments", "resume");

    static ComparedRun of(Path path, ModelDirectory directory, Tasks tasks) {
        Map<String, String> settings = new LinkedHashMap<>();
        NetworkConfig config = directory.config();
        settings.put("cell", Choices.name(config.cell()));
        settings.put("layers", String.valueOf(config.layers()));
        settings.put("hidden size", String.valueOf(config.hiddenSize()));
        settings.put("projected to", config.projection() > 0 ? String.valueOf(config.projection()) : "-");
        settings.put("task", directory.task());
        switch (config.input()) {
            case InputPart.Tokens tokens -> {
                settings.put("embedding size", String.valueOf(tokens.size()));
                settings.put("tied weights", config.tieWeights() ? "yes" : "no");
                settings.put("vocabulary", String.valueOf(tokens.vocabularySize()));
            }
            case InputPart.Features features -> settings.put("features", String.valueOf(features.size()));
        }
        settings.put("head", config.head().toString());
        settings.put("dropout", String.valueOf(config.dropout()));
        if (config.zoneout().act()) {
            settings.put("zoneout of c", String.valueOf(config.zoneout().cell()));
            settings.put("zoneout of h", String.valueOf(config.zoneout().hidden()));
        }
        settings.put("parameters", "%,d".formatted(DryRun.parameters(config)));
        JsonNode run = directory.run();
        collect("", run.path("settings"), settings);
        put("text", run.path("data").path("source"), settings);
        put("device", run.path("device").path("name"), settings);
        put("device detail", run.path("device").path("detail"), settings);
        return new ComparedRun(
                path.toString(),
                directory.metrics().rows(),
                settings,
                ComparedText.of(run.path("data"), config, tasks.counted(directory)));
    }

    private static void collect(String prefix, JsonNode node, Map<String, String> settings) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!NO_SETTINGS.contains(field.getKey())) {
                if (field.getValue().isObject()) {
                    collect(words(field.getKey()) + " ", field.getValue(), settings);
                } else {
                    put(prefix + words(field.getKey()), field.getValue(), settings);
                }
            }
        }
    }

    private static void put(String name, JsonNode value, Map<String, String> settings) {
        if (value.isValueNode() && !value.isNull()) {
            boolean unlimited = value.isInt() && value.intValue() == TrainingSettings.UNLIMITED;
            settings.put(
                    name,
                    unlimited ? "no limit" : Printable.line(value.asText()).toLowerCase(Locale.ROOT));
        }
    }

    /** {@code learningRate} as "learning rate". */
    private static String words(String field) {
        return field.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    /** On the held-out text; NaN where it was never measured. */
    double bestLoss() {
        MetricsFile.Row best = best();
        return best == null ? Double.NaN : best.validationLoss();
    }

    /** Where the lowest loss was measured. */
    long bestStep() {
        MetricsFile.Row best = best();
        return best == null ? 0 : best.step();
    }

    private MetricsFile.Row best() {
        return rows.stream()
                .filter(row -> Double.isFinite(row.validationLoss()))
                .min(Comparator.comparingDouble(MetricsFile.Row::validationLoss))
                .orElse(null);
    }

    /** The last one measured; NaN before the first. */
    double trainingLoss() {
        return rows.stream()
                .mapToDouble(MetricsFile.Row::trainLoss)
                .filter(Double::isFinite)
                .reduce(Double.NaN, (_, later) -> later);
    }

    long steps() {
        return rows.isEmpty() ? 0 : rows.getLast().step();
    }

    long tokens() {
        return rows.isEmpty() ? 0 : rows.getLast().tokens();
    }

    double seconds() {
        return rows.isEmpty() ? 0 : rows.getLast().seconds();
    }

    /** Training speed over the whole run; NaN before the first figures. */
    double tokensPerSecond() {
        return seconds() > 0 ? tokens() / seconds() : Double.NaN;
    }

    /** @param group runs of one group can be compared with each other */
    String json(int group) {
        ObjectNode object = JsonLines.object().put("run", name).put("group", group);
        object.put("text", text.source()).put("text_sha256", text.sha256());
        object.put("loss_unit", text.lossUnit());
        object.put("held_out_loss", bestLoss()).put("best_step", best() == null ? null : bestStep());
        object.put("training_loss", trainingLoss()).put("steps", steps()).put("seconds", seconds());
        object.put("tokens_per_second", tokensPerSecond());
        settings.forEach(object.putObject("settings")::put);
        return JsonLines.line(object) + "\n";
    }

    static String loss(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "";
    }
}
