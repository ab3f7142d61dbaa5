package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.Printable;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Moments;
import lstmgpu.cli.report.Sizes;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;

/** What {@code inspect} shows, for people. */
final class ModelDescription {
    private static final int SHOWN_ROWS = 10;

    private final ModelDirectory directory;
    private final String counted;

    /** @param counted what the model's data is counted in, such as tokens */
    ModelDescription(ModelDirectory directory, String counted) {
        this.directory = directory;
        this.counted = counted;
    }

    /** All of it before any of it is printed: a damaged file is refused, and half a description is none. */
    String text() {
        String weights = directory.hasWeights()
                ? weights(directory.weights())
                : "\nNo weights yet: model.safetensors is written at the first evaluation.\n";
        return configuration()
                + weights
                + run(directory.run())
                + history(directory.metrics().rows());
    }

    private String configuration() {
        NetworkConfig config = directory.config();
        StringBuilder text = new StringBuilder();
        add(text, "task", Printable.line(directory.task()));
        add(text, "input", config.input().toString());
        if (config.input() instanceof InputPart.Tokens) {
            add(text, "tokenizer", directory.inputTokenizer().kind());
        }
        add(text, "cell", Choices.name(config.cell()));
        add(text, "layers", Integer.toString(config.layers()));
        add(text, "hidden size", "%,d".formatted(config.hiddenSize()));
        if (config.projection() > 0) {
            add(text, "projected to", "%,d".formatted(config.projection()));
        }
        add(text, "directions", config.bidirectional() ? "both" : "forward");
        add(text, "dropout", config.dropout() + " (training only)");
        if (config.zoneout().act()) {
            add(
                    text,
                    "zoneout",
                    "c %s, h %s"
                            .formatted(config.zoneout().cell(), config.zoneout().hidden()));
        }
        add(
                text,
                "head",
                config.tieWeights()
                        ? "the next token, by the embedding (tied weights)"
                        : config.head().toString());
        add(text, "parameters", "%,d".formatted(DryRun.parameters(config)));
        return text.toString();
    }

    private static void add(StringBuilder text, String name, String value) {
        text.append("%-15s %s\n".formatted(name, value));
    }

    private static String weights(Map<String, Tensor> tensors) {
        StringBuilder table = new StringBuilder("\n");
        table.append(
                "%-20s %14s %12s %10s %10s %10s\n".formatted("tensor", "shape", "weights", "mean", "std", "largest"));
        tensors.forEach((name, tensor) -> {
            Moments moments = Moments.of(tensor.values());
            String shape = String.join(
                    " x ", tensor.shape().stream().map(String::valueOf).toList());
            table.append("%-20s %14s %,12d %10.4f %10.4f %10.4f\n"
                    .formatted(
                            name,
                            shape,
                            tensor.values().length,
                            moments.mean(),
                            moments.deviation(),
                            moments.largest()));
        });
        return table.toString();
    }

    private static String run(ObjectNode run) {
        if (run.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("\n");
        for (Map.Entry<String, JsonNode> field : run.properties()) {
            if (field.getValue().isValueNode()) {
                text.append("%-15s %s\n"
                        .formatted(
                                field.getKey().replace('_', ' '),
                                Printable.line(field.getValue().asText())));
            }
        }
        return text.toString();
    }

    private String history(List<MetricsFile.Row> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("\n");
        table.append("%10s %8s %14s %14s %10s %10s %12s %10s\n"
                .formatted(
                        "step",
                        "epoch",
                        "training loss",
                        "held-out loss",
                        "gradient",
                        "largest",
                        "lr",
                        counted + "/s"));
        for (MetricsFile.Row row : evenly(rows)) {
            table.append("%,10d %8.2f %14s %14s %10s %10s %12.2e %10s\n"
                    .formatted(
                            row.step(),
                            row.epoch(),
                            number("%.4f", row.trainLoss()),
                            number("%.4f", row.validationLoss()),
                            number("%.3f", row.gradientNorm()),
                            number("%.3f", row.largestGradientNorm()),
                            row.learningRate(),
                            Sizes.count(row.tokensPerSecond())));
        }
        return table.toString();
    }

    /** Nothing where it was not measured. */
    private static String number(String format, double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
    }

    /**
     * At most ten rows, spread over all of them, the last one included; those with a held-out loss
     * if there are any.
     */
    private static List<MetricsFile.Row> evenly(List<MetricsFile.Row> rows) {
        List<MetricsFile.Row> judged =
                rows.stream().filter(row -> !Double.isNaN(row.validationLoss())).toList();
        List<MetricsFile.Row> shown = judged.isEmpty() ? rows : judged;
        int count = Math.min(SHOWN_ROWS, shown.size());
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> shown.get((int) ((long) i * shown.size() / count) - 1))
                .toList();
    }
}
