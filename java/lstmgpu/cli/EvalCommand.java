package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.InputFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.Evaluator;
import lstmgpu.network.EvaluationResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model on a text. */
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
            description = "Text files, read as one text; - is standard input.")
    List<Path> inputs;

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
            return evaluate(text.inputs());
        }
    }

    private Integer evaluate(List<Path> inputs) {
        InputFiles.check(inputs);
        try (LoadedModel loaded = LoadedModel.open(path, device, console);
                TokenFile tokens = loaded.tokenize(inputs, output.lines, console)) {
            EvaluationText text = EvaluationText.of(tokens, InputFiles.describe(inputs));
            EvaluationResult result = tokens.use(() -> Evaluator.evaluate(loaded.model(), loaded.tokenizer(), text));
            console.print(output.json ? json(result) : table(result));
        }
        return ExitCode.DONE.code();
    }

    private static String json(EvaluationResult result) {
        ObjectNode object = JsonLines.object().put("loss", result.loss()).put("perplexity", result.perplexity());
        object.put("bits_per_character", result.bitsPerCharacter()).put("bits_per_byte", result.bitsPerByte());
        object.put("accuracy", result.accuracy()).put("tokens", result.tokens());
        return JsonLines.line(object.put("tokens_per_second", result.tokensPerSecond())) + "\n";
    }

    private static String table(EvaluationResult result) {
        return """
            loss                %.4f nats per token
            perplexity          %.3f
            bits per character  %s
            bits per byte       %s
            accuracy            %.2f %%
            tokens              %,d
            tokens/s            %s
            """.formatted(
                        result.loss(),
                        result.perplexity(),
                        bits(result.bitsPerCharacter()),
                        bits(result.bitsPerByte()),
                        100 * result.accuracy(),
                        result.tokens(),
                        Sizes.count(result.tokensPerSecond()));
    }

    private static String bits(double bits) {
        return Double.isNaN(bits) ? "not counted" : "%.4f".formatted(bits);
    }
}
