package lstmgpu.cli;

import java.nio.file.Path;
import lstmgpu.ExitCode;
import lstmgpu.cli.flags.GateFlags;
import lstmgpu.cli.flags.GradientFlags;
import lstmgpu.cli.flags.StateFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.store.ModelDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model is. */
@Command(
        name = "inspect",
        customSynopsis = "lstm-gpu inspect MODEL [FLAGS]",
        description = "Shows a model's configuration, its weights and how its training went; of a language model with a"
                + " text, which units follow what in it, or how far back its gradients reach.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu inspect runs/book",
            "  lstm-gpu inspect runs/book --file book.txt --html gates.html    the gates of the most telling units",
            "  lstm-gpu inspect runs/book --file book.txt --gradients          how far back its gradients reach",
            "  lstm-gpu inspect runs/book --file book.txt --states book.npy    its hidden states as numbers",
            "  lstm-gpu inspect runs/book --text \"ROMEO: What?\" --html gates.html --layer 1 --units 3,17"
        })
final class InspectCommand extends ProgramCommand {
    @Parameters(paramLabel = "MODEL", description = "The folder of a model.")
    Path path;

    @Mixin
    GateFlags gates;

    @Mixin
    StateFlags states;

    @Mixin
    GradientFlags gradients;

    @Option(
            names = "--json",
            description = "One JSON object: the configuration, tensors, run and history; with a text tokens and"
                    + " findings; with --gradients a line for every layer and distance; with --states file and shape.")
    boolean json;

    InspectCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        ModelDirectory directory = ModelDirectory.open(path);
        if (states.file != null) {
            new StateInspection(directory, gates, states, console).run(gradients, json);
            return ExitCode.DONE.code();
        }
        if (gradients.gradients) {
            new GradientInspection(directory, gates, gradients, console).run(json);
            return ExitCode.DONE.code();
        }
        gradients.checkUnused();
        if (gates.given()) {
            new GateInspection(directory, gates, console).run(json);
            return ExitCode.DONE.code();
        }
        if (json) {
            console.print(new ModelJson(directory).line() + "\n");
            return ExitCode.DONE.code();
        }
        console.print(new ModelDescription(directory, tasks.counted(directory)).text());
        return ExitCode.DONE.code();
    }
}
