package lstmgpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lstmgpu.Count;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.LoopFlags;
import lstmgpu.cli.flags.ModelFlags;
import lstmgpu.cli.flags.OptimisationFlags;
import lstmgpu.cli.flags.Preset;
import lstmgpu.cli.flags.RunFlags;
import lstmgpu.cli.flags.TextFlags;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Durations;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.cli.report.Sizes;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.InputFiles;
import lstmgpu.data.InputKind;
import lstmgpu.data.Split;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.Vocabulary;
import lstmgpu.files.CacheFolder;
import lstmgpu.network.Measures;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.Task;
import lstmgpu.task.TrainingText;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingResult;
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
    OptimisationFlags optimisation;

    @Mixin
    LoopFlags loop;

    @Mixin
    RunFlags run;

    @Mixin
    DeviceFlags device;

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
        run.check(device.device);
        if (inputs.isEmpty() && run.resume) {
            inputs = RecordedFlags.inputs(run.output);
        }
        if (inputs.isEmpty()) {
            throw LstmGpuException.usage("INPUT is missing; name at least one text file");
        }
        if (!run.resume) {
            ModelDirectory.checkOutput(run.output, run.overwrite);
        }
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
            if (run.initFrom != null && tokens.unknownTotal() > 0 && !run.extendVocabulary) {
                requireVocabulary(tokens, network.tokenizer);
            }
            Split split = Split.of(tokens.length(), text.validationFraction, text.testFraction);
            TrainingText trainingText = TrainingText.of(tokens, split, InputFiles.describe(inputs));
            Task task = new LanguageModelling(network.tokenizer, trainingText);
            settings = fitting(settings, task);
            if (run.dryRun) {
                return rehearse(network, task, settings, split).code();
            }
            return train(network, task, settings).code();
        }
    }

    /** A text of which parts would get no token is not the one that the model would learn. */
    private void requireVocabulary(TokenFile tokens, Tokenizer tokenizer) {
        if (tokenizer.leavesOut()) {
            throw LstmGpuException.data(
                    "%s: %s something that %s has never seen: %s; --extend-vocab gives it tokens for" + " them",
                    InputFiles.describe(inputs),
                    Unknown.places(tokens.unknownTotal()),
                    run.initFrom,
                    Unknown.list(tokens.unknown()));
        }
        console.say("--extend-vocab would give the model tokens for them");
    }

    private TrainingSettings settings() {
        TrainingSettings preset = model.preset.settings();
        TrainingSettings.Run defaults = preset.run();
        return new TrainingSettings(
                optimisation.optimisation(preset.optimisation()),
                optimisation.rate(preset.rate()),
                loop.loop(preset.loop()),
                loop.validation(preset.validation()),
                loop.saving(preset.saving()),
                loop.samples(preset.samples()),
                new TrainingSettings.Run(
                        Objects.requireNonNullElse(run.seed, defaults.seed()),
                        Objects.requireNonNullElse(model.initialisation, defaults.initialisation()),
                        Objects.requireNonNullElse(run.precision, defaults.precision()),
                        run.rnn,
                        run.initFrom == null ? null : run.initFrom.toString(),
                        run.resume,
                        RecordedFlags.of(spec, inputs, run.output, console.environment())));
    }

    /** A run that is given no last step gets what suits a text of this size. */
    private TrainingSettings fitting(TrainingSettings settings, Task task) {
        return loop.epochs != null || loop.maxSteps != null
                ? settings
                : model.preset.fitting(settings, Trainer.stepsPerEpoch(task, settings));
    }

    private Network network() {
        if (run.resume) {
            return networkOf(ModelDirectory.open(run.output), run.output);
        }
        if (run.initFrom == null) {
            Tokenizer tokenizer = text.build(inputs);
            return new Network(tokenizer, model.config(tokenizer.vocabularySize()));
        }
        if (text.asksForVocabulary()) {
            throw LstmGpuException.usage(
                    "--init-from takes the tokenizer of %s too; leave out --tokenizer, --vocab-size"
                            + " and --min-freq",
                    run.initFrom);
        }
        ModelDirectory earlier = ModelDirectory.open(run.initFrom);
        if (isSameFolder(run.initFrom, run.output)) {
            throw LstmGpuException.usage(
                    "--init-from and --output are the same folder; choose another output, or" + " --resume to go on");
        }
        Network network = networkOf(earlier, run.initFrom);
        return run.extendVocabulary ? extended(network) : network;
    }

    private Network extended(Network earlier) {
        Tokenizer tokenizer = Vocabulary.extend(earlier.tokenizer, inputs, text.lines);
        int before = earlier.tokenizer.vocabularySize();
        console.say(
                tokenizer.vocabularySize() == before
                        ? "the vocabulary of %s has all of the text already".formatted(run.initFrom)
                        : "the vocabulary grows from %,d to %,d tokens".formatted(before, tokenizer.vocabularySize()));
        return new Network(tokenizer, earlier.config.withVocabulary(tokenizer.vocabularySize()));
    }

    private Network networkOf(ModelDirectory earlier, Path path) {
        return new Network(earlier.tokenizer(), model.configOf(earlier.config(), path.toString()));
    }

    private static boolean isSameFolder(Path first, Path second) {
        try {
            return Files.exists(second) && Files.isSameFile(first, second);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private ExitCode rehearse(Network network, Task task, TrainingSettings settings, Split split) {
        ModelDirectory resumed = run.resume ? ModelDirectory.open(run.output) : null;
        BatchPlan batches = Trainer.rehearse(network.config, task, settings, resumed);
        String memory = memory(network, task, settings);
        console.print(
                new DryRun(network.config, settings, split, batches, memory).text(inputs, run.output, device.device));
        return ExitCode.DONE;
    }

    /** A rehearsal may take place elsewhere than the run, so a device that is not here is no failure. */
    private String memory(Network network, Task task, TrainingSettings settings) {
        try (Backend backend = run.fitting(device.open(console::say))) {
            long bytes = Trainer.requireMemory(backend, network.config, task, settings);
            return "%s of %s that are free on %s"
                    .formatted(
                            Sizes.bytes(bytes),
                            Sizes.bytes(backend.freeBytes()),
                            backend.device().name());
        } catch (LstmGpuException absent) {
            if (absent.exitCode() != ExitCode.DEVICE) {
                throw absent;
            }
            return "not known: " + absent.getMessage();
        }
    }

    private ExitCode train(Network network, Task task, TrainingSettings settings) {
        try (Backend backend = run.fitting(device.open(console::say));
                ProgressView view = ProgressView.of(run.progress, console, backend.device(), task.measures());
                Trainer trainer = new Trainer(backend, network.config, task, settings, view);
                ModelDirectory directory = directory(network, task);
                Interrupts interrupts = new Interrupts(console, trainer::requestStop)) {
            TrainingResult result = trainer.run(directory);
            report(result, task.measures(), settings, network.config);
            return result.reason() == TrainingResult.Reason.STOP_REQUESTED ? interrupts.exitCode() : ExitCode.DONE;
        }
    }

    /** Called last: from here on an old model is gone. */
    private ModelDirectory directory(Network network, Task task) {
        if (run.resume) {
            ModelDirectory directory = ModelDirectory.open(run.output);
            if (!directory.task().equals(task.name()) || !directory.config().hasPartsOf(network.config)) {
                throw LstmGpuException.data(
                        "config.json of %s is no longer that of the run: it says '%s' and %s, where the run learns"
                                + " '%s' with %s; put it back, or begin anew with --overwrite",
                        run.output, directory.task(), directory.config().line(), task.name(), network.config.line());
            }
            directory.lock();
            return directory;
        }
        ModelDirectory directory = ModelDirectory.create(run.output, run.overwrite);
        task.save(directory, network.config);
        return directory;
    }

    private void report(TrainingResult result, Measures measures, TrainingSettings settings, NetworkConfig config) {
        console.print("%s: %s; %s in %s\n"
                .formatted(
                        run.output,
                        loss(result, measures),
                        Count.of(result.steps(), "step"),
                        Durations.text(result.seconds())));
        console.flush();
        if (run.progress != ProgressView.Style.NONE) {
            new NextSteps(run.output, inputs, settings, config).of(result).forEach(console::say);
        }
    }

    private static String loss(TrainingResult result, Measures measures) {
        if (!Double.isNaN(result.bestLoss())) {
            return "%s on the held-out text (%s) at step %,d"
                    .formatted(
                            measures.loss().text(result.bestLoss()),
                            measures.first(measures.ofLoss(result.bestLoss())),
                            result.bestStep());
        }
        return Double.isNaN(result.trainingLoss())
                ? "the weights a run starts from"
                : "training loss " + measures.loss().number(result.trainingLoss());
    }
}
