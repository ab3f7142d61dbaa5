package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.cli.flags.CellFlags;
import lstmgpu.cli.flags.ClassifierFlags;
import lstmgpu.cli.flags.DocumentFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.flags.VocabularyFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.runs.ClassRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a network that tells the class of a text. */
@Command(
        name = "train",
        customSynopsis = "lstm-gpu classify train FILE... -o DIR [FLAGS]",
        description = "Trains a model on texts with labels, from CSV or JSON Lines, and writes it to a folder.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu classify train reviews.csv -o runs/reviews",
            "  lstm-gpu classify train mails.jsonl -o runs/mails --text-column body --label-column folder"
                    + " --class-weights balanced",
            "  lstm-gpu classify train reviews.csv -o runs/reviews --resume",
            "",
            "Ctrl-C writes a checkpoint and stops; a second Ctrl-C stops at once."
        })
final class ClassifyTrainCommand extends TrainingCommand {
    private static final RunWords WORDS =
            new RunWords("classify train", "classify predict", "texts", "--hidden-size or --embedding-size");

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description = "CSV with a line of names, or JSON Lines; several are read as one.")
    List<Path> inputs = new ArrayList<>();

    @Mixin
    DocumentFlags documents;

    @Mixin
    VocabularyFlags vocabulary;

    @Mixin
    CellFlags cell;

    @Mixin
    ClassifierFlags classes;

    @Mixin
    TrainingFlags training;

    ClassifyTrainCommand(Console console) {
        super(console);
    }

    @Override
    String explanation() {
        return """

            Where nothing is said: %d units in one layer, %d texts a step, a learning rate of %s that comes down along
            a cosine, and as many epochs as make about %,d steps, from 1 to %d.
            """.formatted(
                        ClassRun.STACK.hiddenSize(),
                        ClassRun.BATCH,
                        ClassRun.RATE,
                        ClassRun.LENGTH.steps(),
                        ClassRun.LENGTH.mostEpochs());
    }

    @Override
    List<Path> inputs() {
        return inputs;
    }

    @Override
    TrainingFlags training() {
        return training;
    }

    @Override
    RunWords words() {
        return WORDS;
    }

    @Override
    public Integer call() {
        try (ClassRun run = prepare(console::say)) {
            return new TrainingRun(console, training, inputs, WORDS, processes)
                    .of(run)
                    .code();
        }
    }

    @Override
    ClassRun prepare(Consumer<String> notice) {
        inputs = TrainingRun.inputs(inputs, training, WORDS);
        List<String> arguments = RecordedFlags.of(spec, inputs, training.run.output, console.environment());
        return new ClassRun(
                inputs,
                documents.where(),
                vocabulary.choice(),
                cell.choice(),
                classes.choice(),
                training.choice(arguments),
                notice);
    }
}
