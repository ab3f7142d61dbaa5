package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.ExitCode;
import lstmgpu.cli.flags.ModelFlags;
import lstmgpu.cli.flags.PresetTable;
import lstmgpu.cli.flags.TextFlags;
import lstmgpu.cli.flags.TextLoopFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.TextInputs;
import lstmgpu.data.input.InputFiles;
import lstmgpu.files.CacheFolder;
import lstmgpu.runs.PreparedRun;
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
            "  lstm-gpu train book.txt -o runs/book                 the preset small, ten minutes or so"
                    + " on two cores",
            "  lstm-gpu train book.txt -o runs/book --resume        goes on where a stopped run" + " was",
            "  lstm-gpu train *.java -o runs/code --tokenizer byte --preset tiny --max-time 5m",
            "  lstm-gpu train 'books/**/*.txt.gz' -o runs/books --val chapter.txt",
            "  lstm-gpu train posts.jsonl --text-column body -o runs/posts",
            "",
            "Ctrl-C writes a checkpoint and stops; a second Ctrl-C stops at once."
        })
final class TrainCommand extends TrainingCommand {
    @Parameters(
            paramLabel = "INPUT",
            arity = "0..*",
            description = "Files, folders or patterns in quotes, read in this order as one text; - is standard input.")
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
    List<Path> inputs() {
        return inputs;
    }

    @Override
    TrainingFlags training() {
        return training;
    }

    @Override
    RunWords words() {
        return RunWords.TEXTS;
    }

    @Override
    public Integer call() {
        inputs = TrainingRun.inputs(inputs, training, RunWords.TEXTS);
        try (StandardInput standard = StandardInput.of(inputs, console)) {
            return standard.use(files -> train(text.input.texts(files, console::say), standard));
        }
    }

    private Integer train(TextInputs texts, StandardInput standard) {
        TextChoice choice = choice(console::say);
        InputFiles.check(texts.files());
        String source = standard.named(texts.describe());
        ExitCode code;
        try (TextRun run = run(texts, source, choice, line -> console.say(standard.named(line)))) {
            code = new TrainingRun(console, training, inputs, RunWords.TEXTS, processes).of(run);
        }
        boolean measures = code == ExitCode.DONE && !training.run.dryRun && processes.rank() == 0;
        if (choice.text().test() != null && measures) {
            new TestText(console, training)
                    .measure(choice.text().test(), choice.text().lines());
        }
        return code.code();
    }

    @Override
    PreparedRun prepare(Consumer<String> notice) {
        inputs = TrainingRun.inputs(inputs, training, RunWords.TEXTS);
        TextInputs texts = text.input.texts(inputs, notice);
        TextChoice choice = choice(notice);
        InputFiles.check(texts.files());
        return run(texts, texts.describe(), choice, notice);
    }

    private TextChoice choice(Consumer<String> notice) {
        Path cache = CacheFolder.of(console.environment());
        return new TextChoice(model.choice(), text.choice(cache, notice), reading.choice());
    }

    private TextRun run(TextInputs texts, String source, TextChoice choice, Consumer<String> notice) {
        List<String> arguments = RecordedFlags.of(spec, inputs, training.run.output, console.environment());
        return new TextRun(texts, source, choice, training.choice(arguments), notice);
    }
}
