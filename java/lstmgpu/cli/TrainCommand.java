package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.flags.ModelFlags;
import lstmgpu.cli.flags.Preset;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.flags.TextFlags;
import lstmgpu.cli.flags.TextLoopFlags;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.InputFiles;
import lstmgpu.data.InputKind;
import lstmgpu.data.Split;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.files.CacheFolder;
import lstmgpu.models.Unknown;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.Task;
import lstmgpu.task.TrainingText;
import lstmgpu.train.TrainingSettings;
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
        return "\nPresets:\n" + Preset.table();
    }

    /** The vocabulary and the network of a run. */
    private record Network(Tokenizer tokenizer, NetworkConfig config) {}

    @Override
    public Integer call() {
        RunFlags run = training.run;
        inputs = TrainingRun.inputs(inputs, training, RunWords.TEXTS);
        text.check(run);
        InputFiles.check(inputs);
        Unknown.reportEmpty(inputs, console::say);
        inputs.stream().map(InputKind::notice).filter(Objects::nonNull).limit(1).forEach(console::say);
        TrainingSettings settings = settings();
        Network network = network();
        try (TokenFile tokens =
                TextFiles.tokenize(inputs, network.tokenizer, text.tokenizing(CacheFolder.of(console.environment())))) {
            if (run.initFrom == null || !network.tokenizer.leavesOut()) {
                Unknown.report(tokens, InputFiles.describe(inputs), console::say);
            }
            if (run.initFrom != null && tokens.unknownTotal() > 0 && !text.extendVocabulary) {
                requireVocabulary(tokens, network.tokenizer);
            }
            Split split = Split.of(tokens.length(), text.validationFraction, text.testFraction);
            TrainingText trainingText = TrainingText.of(tokens, split, InputFiles.describe(inputs));
            Task task = new LanguageModelling(network.tokenizer, trainingText);
            TrainingRun way = new TrainingRun(console, training, inputs, RunWords.TEXTS);
            settings = way.fitting(settings, task, model.preset.length());
            String parts = "%s to train, %,d held out, %,d to test"
                    .formatted(Count.of(split.train(), "token"), split.validation(), split.test());
            return way.of(network.config, task, settings, parts).code();
        }
    }

    /** A text of which parts would get no token is not the one that the model would learn. */
    private void requireVocabulary(TokenFile tokens, Tokenizer tokenizer) {
        if (tokenizer.leavesOut()) {
            throw LstmGpuException.data(
                    "%s: %s something that %s has never seen: %s; --extend-vocab gives it tokens for" + " them",
                    InputFiles.describe(inputs),
                    Unknown.places(tokens.unknownTotal()),
                    training.run.initFrom,
                    Unknown.list(tokens.unknown()));
        }
        console.say("--extend-vocab would give the model tokens for them");
    }

    private TrainingSettings settings() {
        TrainingSettings preset = model.preset.settings();
        TrainingSettings of = training.settings(
                preset,
                model.cell.initialisation,
                RecordedFlags.of(spec, inputs, training.run.output, console.environment()));
        return new TrainingSettings(
                of.optimisation(),
                of.rate(),
                reading.loop(of.loop()),
                of.validation(),
                of.saving(),
                reading.samples(of.samples()),
                of.run());
    }

    private Network network() {
        RunFlags run = training.run;
        if (run.initFrom != null && text.asksForVocabulary()) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer of %s too; leave out --tokenizer, --vocab-size"
                            + " and --min-freq",
                    run.initFrom);
        }
        ModelDirectory earlier = TrainingRun.earlier(run);
        if (earlier == null) {
            Tokenizer tokenizer = text.build(inputs);
            return new Network(tokenizer, model.config(tokenizer.vocabularySize()));
        }
        Network network = networkOf(earlier, run.resume ? run.output : run.initFrom);
        return text.extendVocabulary ? extended(network) : network;
    }

    private Network extended(Network earlier) {
        Tokenizer tokenizer = Vocabulary.extend(earlier.tokenizer, inputs, text.lines);
        int before = earlier.tokenizer.vocabularySize();
        console.say(
                tokenizer.vocabularySize() == before
                        ? "the vocabulary of %s has all of the text already".formatted(training.run.initFrom)
                        : "the vocabulary grows from %,d to %,d tokens".formatted(before, tokenizer.vocabularySize()));
        return new Network(tokenizer, earlier.config.withVocabulary(tokenizer.vocabularySize()));
    }

    private Network networkOf(ModelDirectory earlier, Path path) {
        return new Network(earlier.tokenizer(), model.configOf(earlier.config(), path.toString()));
    }
}
