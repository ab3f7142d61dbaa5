package lstmgpu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.cli.flags.GateFlags;
import lstmgpu.cli.flags.GradientFlags;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Moments;
import lstmgpu.cli.report.Printable;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model is. */
@Command(
        name = "inspect",
        customSynopsis = "lstm-gpu inspect MODEL [FLAGS]",
        description = "Shows a model's configuration, its weights and how its training went; with a text, which units"
                + " follow what in it, or how far back its gradients reach.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu inspect runs/book",
            "  lstm-gpu inspect runs/book --file book.txt --html gates.html    the gates of the most telling units",
            "  lstm-gpu inspect runs/book --file book.txt --gradients          how far back its gradients reach",
            "  lstm-gpu inspect runs/book --text \"ROMEO: What?\" --html gates.html --layer 1 --units 3,17"
        })
final class InspectCommand extends ProgramCommand {
    private static final int SHOWN_ROWS = 10;

    @Parameters(paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Mixin
    GateFlags gates;

    @Mixin
    GradientFlags gradients;

    @Option(
            names = "--json",
            description = "One JSON object: the configuration, tensors, run and history; with a text tokens and"
                    + " findings; with --gradients a line for every layer and distance.")
    boolean json;

    InspectCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.open(path);
        if (gradients.gradients) {
            new GradientInspection(directory, gates, gradients, console).run(json);
            return ExitCode.DONE.code();
        }
        if (gates.given()) {
            new GateInspection(directory, gates, console).run(json);
            return ExitCode.DONE.code();
        }
        if (json) {
            console.print(new ModelJson(directory).line() + "\n");
            return ExitCode.DONE.code();
        }
        console.print(description(directory));
        return ExitCode.DONE.code();
    }

    /** All of it before any of it is printed: a damaged file is refused, and half a description is none. */
    private static String description(ModelDirectory directory) {
        String weights = directory.hasWeights()
                ? weights(directory.weights())
                : "\nNo weights yet: model.safetensors is written at the first evaluation.\n";
        return configuration(directory.config(), directory.tokenizer())
                + weights
                + run(directory.run())
                + history(directory.metrics().rows());
    }

    private static String configuration(NetworkConfig config, Tokenizer tokenizer) {
        return """
            cell            %s
            layers          %d
            hidden size     %,d
            embedding size  %,d
            tied weights    %s
            dropout         %s (training only)
            tokenizer       %s, %s
            parameters      %,d
            """.formatted(
                        Choices.name(config.cell()),
                        config.layers(),
                        config.hiddenSize(),
                        config.embeddingSize(),
                        config.tieWeights() ? "yes" : "no",
                        config.dropout(),
                        tokenizer.kind(),
                        Count.of(config.vocabularySize(), "token"),
                        DryRun.parameters(config));
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

    private static String history(List<MetricsFile.Row> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("\n");
        table.append("%10s %8s %14s %14s %10s %10s %12s %10s\n"
                .formatted("step", "epoch", "training loss", "held-out loss", "gradient", "largest", "lr", "tokens/s"));
        for (MetricsFile.Row row : evenly(rows)) {
            table.append("%,10d %8.2f %14.4f %14s %10s %10s %12.2e %10s\n"
                    .formatted(
                            row.step(),
                            row.epoch(),
                            row.trainLoss(),
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
        return java.util.stream.IntStream.rangeClosed(1, count)
                .mapToObj(i -> shown.get((int) ((long) i * shown.size() / count) - 1))
                .toList();
    }
}
