package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.cli.flags.ModelFlags;
import lstmgpu.cli.flags.PresetTable;
import lstmgpu.cli.flags.TextFlags;
import lstmgpu.cli.flags.TextLoopFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.files.CacheFolder;
import lstmgpu.runs.TextChoice;
import lstmgpu.runs.TextRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a model. */
@Command(
        name = "train",
        customSynopsis = "lstm-gpu train INPUT... -o DIR [FLAGS]",
        description = "Trains a model on text files and writes it to a folder.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu train book.txt -o runs/book                 the preset small, ten minutes" + " on two cores",
            "  lstm-gpu train book.txt -o runs/book --resume        goes on where a stopped run" + " was",
            "  lstm-gpu train *.java -o runs/code --tokenizer byte --preset tiny --max-time 5m",
            "",
            "Ctrl-C writes a checkpoint and stops; a second Ctrl-C stops at once."
        })
final class TrainCommand extends ProgramCommand {
    @Parameters(paramLabel = "INPUT", arity = "0..*", description = "Text files, read in this order as one text.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    ModelFlags model;

    @Mixin
    TextFlags text;

    @Mixin
    TrainingFlags training;

    @Mixin
    TextLoopFlags reading;

    TrainCommand(Console console) {
        super(console);
    }

    @Override
    String explanation() {
        return "\nPresets:\n" + PresetTable.text();
    }

    @Override
    public Integer call() {
        inputs = TrainingRun.inputs(inputs, training, RunWords.TEXTS);
        List<String> arguments = RecordedFlags.of(spec, inputs, training.run.output, console.environment());
        TextChoice choice =
                new TextChoice(model.choice(), text.choice(CacheFolder.of(console.environment())), reading.choice());
        try (TextRun run = new TextRun(inputs, choice, training.choice(arguments), console::say)) {
            return new TrainingRun(console, training, inputs, RunWords.TEXTS)
                    .of(run)
                    .code();
        }
    }
}
