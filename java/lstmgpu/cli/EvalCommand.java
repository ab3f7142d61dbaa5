package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.flags.InputFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.TaskKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model on inputs, as the task says that it has learnt. */
@Command(
        name = "eval",
        customSynopsis = "lstm-gpu eval MODEL INPUT... [FLAGS]",
        description = "Measures how well a model predicts a text: loss, perplexity, bits per character and per"
                + " byte, accuracy.",
        footer = {"", "Example:", "  lstm-gpu eval runs/book other-book.txt"})
final class EvalCommand extends ProgramCommand {
    @Parameters(index = "0", paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "INPUT",
            description = "Files, folders or patterns in quotes, read as one; - is standard input.")
    List<Path> inputs;

    @Mixin
    InputFlags input;

    @Mixin
    OutputFlags output;

    @Mixin
    DeviceFlags device;

    /** What comes out, and how the text is read. */
    @FlagSection("Text and output")
    static final class OutputFlags {
        @Option(names = "--json", description = "One JSON object on standard output.")
        boolean json;

        @Option(names = "--lines", description = "End the last line of every input with a line end.")
        boolean lines;
    }

    EvalCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        try (StandardInput text = StandardInput.of(inputs, console)) {
            return text.use(files -> evaluate(input.files(files, console::say), text));
        }
    }

    private Integer evaluate(List<Path> inputs, StandardInput standard) {
        InputFiles.check(inputs);
        ModelDirectory directory = ModelDirectory.open(path);
        try (OpeningDevice opening = new OpeningDevice(device.choice(), console::say)) {
            NetworkConfig config = directory.config();
            Examiner.Reading reading = reading(input.column(), output.lines, line -> console.say(standard.named(line)));
            TaskKind kind = tasks.of(directory);
            Examiner examiner = kind.examiner(directory);
            Map<String, Tensor> weights = directory.weights();
            try (LoadedNetwork loaded = LoadedNetwork.of(opening, directory, config, weights, RnnImplementation.AUTO);
                    Evaluation evaluation = examiner.open(loaded.network(), inputs, reading)) {
                EvaluationResult result = evaluation.run();
                Measures measures = kind.measures(directory);
                console.print(output.json ? json(result, measures) : table(result, measures));
            }
        }
        return ExitCode.DONE.code();
    }

    private static String json(EvaluationResult result, Measures measures) {
        ObjectNode object = JsonLines.object().put("loss", result.loss());
        measures.of(result).forEach((metric, value) -> object.put(metric.key(), value));
        String counted = measures.plural().replace(' ', '_');
        object.put(counted, result.count()).put(counted + "_per_second", result.rate());
        return JsonLines.line(object) + "\n";
    }

    private static String table(EvaluationResult result, Measures measures) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put(measures.loss().name(), measures.loss().text(result.loss()));
        measures.of(result).forEach((metric, value) -> lines.put(metric.name(), metric.text(value)));
        lines.put(measures.plural(), "%,d".formatted(result.count()));
        lines.put(measures.plural() + "/s", Sizes.count(result.rate()));
        int width = lines.keySet().stream().mapToInt(String::length).max().orElseThrow();
        StringBuilder table = new StringBuilder();
        lines.forEach((name, value) -> table.append(name)
                .append(" ".repeat(width - name.length()))
                .append("  ")
                .append(value)
                .append('\n'));
        return table.toString();
    }
}
