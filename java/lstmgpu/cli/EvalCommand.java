package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.cli.flags.AdaptationFlags;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.flags.InputFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.input.InputFiles;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
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
        footer = {
            "",
            "Perplexity is per token. Per word it is counted by what stands between white space and by line ends; with"
                    + " a tokenizer of words by its tokens, so that both are the same.",
            "",
            "Example:",
            "  lstm-gpu eval runs/book other-book.txt",
            "  lstm-gpu eval runs/book other-book.txt --dynamic --dynamic-on book.txt --cache 500"
        })
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
    AdaptationFlags adaptation;

    @Mixin
    DeviceFlags device;

    /** What comes out, and how the text is read. */
    @FlagSection("Text and output")
    static final class OutputFlags {
        @Option(names = "--json", description = "One JSON object on standard output.")
        boolean json;

        @Option(
                names = "--weights",
                paramLabel = "NAME",
                description = "Beside the plain figures: those of the model with its matrices rounded to bf16, or to"
                        + " int8 with a scale for each row; products stay in float32.")
        RoundedWeights weights;

        @Option(names = "--lines", description = "End the last line of every input with a line end.")
        boolean lines;
    }

    EvalCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        adaptation.check();
        if (adaptation.any() && processes.size() > 1) {
            throw LstmGpuException.usage(
                    "--dynamic and --cache follow the text from its beginning to its end, which %d processes cannot"
                            + " divide; leave them out, or start one process without mpirun or srun",
                    processes.size());
        }
        SharedWork work = shared().given(inputs);
        try (StandardInput text = StandardInput.of(inputs, console)) {
            return text.use(files -> evaluate(input.files(files, console::say), text, work));
        }
    }

    private Integer evaluate(List<Path> inputs, StandardInput standard, SharedWork work) {
        InputFiles.check(inputs);
        ModelDirectory directory = ModelDirectory.open(path);
        try (OpeningDevice opening = new OpeningDevice(own(device), console::say)) {
            NetworkConfig config = directory.config();
            Examiner.Reading reading = reading(input.column(), output.lines, line -> console.say(standard.named(line)));
            TaskKind kind = tasks.of(directory);
            if (adaptation.any() && !config.predictsTokens()) {
                throw LstmGpuException.usage(
                        "--dynamic and --cache are for models of languages, and %s has learnt another task; leave them"
                                + " out",
                        directory.path());
            }
            Examiner examiner = kind.examiner(directory);
            Map<String, Tensor> weights = directory.weights();
            Peers peers = work.reads(inputs).computes(weights).alike();
            try (LoadedNetwork loaded = LoadedNetwork.of(opening, directory, config, weights, RnnImplementation.AUTO);
                    Evaluation evaluation = examiner.open(loaded.network(), inputs, reading, peers)) {
                peers.meet(); // one may have had to make tokens of the text
                EvaluationResult plain = evaluation.run();
                List<FollowedText.Reading> others = new ArrayList<>();
                if (output.weights != null) {
                    Map<String, Tensor> rounded = Tensor.rounded(weights, output.weights);
                    try (Network coarse = LoadedNetwork.on(
                                    loaded.backend(), directory, config, rounded, RnnImplementation.AUTO);
                            Evaluation again = examiner.open(coarse, inputs, reading, peers)) {
                        String name = output.weights.word();
                        ObjectNode settings = JsonLines.object().put("weights", name);
                        others.add(new FollowedText.Reading(name, again.run(), settings));
                    }
                }
                if (adaptation.any()) {
                    others.addAll(new FollowedText(loaded.network(), directory.tokenizer(), adaptation, reading)
                            .read(inputs));
                }
                EvaluationReport report = new EvaluationReport(plain, kind.measures(directory), others);
                console.print(output.json ? report.json() : report.table());
            }
        }
        return ExitCode.DONE.code();
    }
}
