package lstmgpu.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import lstmgpu.cli.report.Console;
import picocli.CommandLine.Command;

/** The commands about classes of texts. */
@Command(
        name = "classify",
        description = "Trains networks that tell the class of a text, and uses them.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  lstm-gpu classify train reviews.csv -o runs/reviews",
            "  lstm-gpu classify eval runs/reviews other.csv --chart confusion.svg",
            "  echo \"A film to forget\" | lstm-gpu classify predict runs/reviews -"
        })
final class ClassifyCommand extends CommandGroup {
    ClassifyCommand(Console console) {
        super(console);
    }

    @Override
    Map<String, Function<Console, ProgramCommand>> parts() {
        Map<String, Function<Console, ProgramCommand>> parts = new LinkedHashMap<>();
        parts.put("train", ClassifyTrainCommand::new);
        parts.put("predict", ClassifyPredictCommand::new);
        parts.put("eval", ClassifyEvalCommand::new);
        return parts;
    }
}
