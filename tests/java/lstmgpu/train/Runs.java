package lstmgpu.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.data.StepLengths;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.Task;
import lstmgpu.task.TrainingText;

/** Small training runs. */
public final class Runs {
    static final String TRAINING = TestText.rhyme(12);
    static final String VALIDATION = TestText.rhyme(3);
    public static final Tokenizer TOKENIZER = TestText.tokenizer(TRAINING);
    public static final TrainingText TEXT = TestText.training(TOKENIZER, TRAINING, VALIDATION);

    static final Task TASK = new LanguageModelling(TOKENIZER, TEXT);

    private Runs() {}

    public static NetworkConfig config(Cell cell, float dropout) {
        return NetworkConfig.ofTokens(cell, TOKENIZER.vocabularySize(), 8, 16, 2, dropout, false);
    }

    /** Settings that tests change one group of. */
    public static TrainingSettings settings(int maxSteps) {
        return new TrainingSettings(
                new OptimiserSettings(OptimizerSpec.Kind.ADAM, 0.01f, 0, 0, List.of(), 1),
                RateSettings.defaults(),
                Averaging.defaults(),
                Regularisation.NONE,
                new TrainingSettings.Loop(4, 10, 0, 0.2f, TrainingSettings.UNLIMITED, maxSteps, 0),
                TrainingSettings.Validation.defaults(),
                TrainingSettings.Saving.defaults(),
                TrainingSettings.Samples.defaults(),
                new TrainingSettings.Run(
                        3,
                        Initialisation.UNIFORM,
                        Precision.FP32,
                        RnnImplementation.AUTO,
                        null,
                        false,
                        List.of("train")));
    }

    public static TrainingSettings with(TrainingSettings settings, Object group) {
        return new TrainingSettings(
                group instanceof OptimiserSettings other ? other : settings.optimisation(),
                group instanceof RateSettings other ? other : settings.rate(),
                group instanceof Averaging other ? other : settings.averaging(),
                group instanceof Regularisation other ? other : settings.regularisation(),
                group instanceof TrainingSettings.Loop other ? other : settings.loop(),
                group instanceof TrainingSettings.Validation other ? other : settings.validation(),
                group instanceof TrainingSettings.Saving other ? other : settings.saving(),
                group instanceof TrainingSettings.Samples other ? other : settings.samples(),
                group instanceof TrainingSettings.Run other ? other : settings.run());
    }

    public static TrainingSettings resumed(TrainingSettings settings) {
        TrainingSettings.Run run = settings.run();
        return with(
                settings,
                new TrainingSettings.Run(
                        run.seed(), run.initialisation(), run.precision(), run.rnn(), null, true, run.arguments()));
    }

    static TrainingSettings withSeed(TrainingSettings settings, long seed) {
        TrainingSettings.Run run = settings.run();
        return with(
                settings,
                new TrainingSettings.Run(
                        seed,
                        run.initialisation(),
                        run.precision(),
                        run.rnn(),
                        run.initFrom(),
                        run.resume(),
                        run.arguments()));
    }

    /** Listens, and asks for a stop after a number of steps. */
    public static class Observer implements TrainingListener {
        final List<Progress> progress = new ArrayList<>();
        final List<Evaluation> evaluations = new ArrayList<>();
        final List<Sample> samples = new ArrayList<>();
        final List<Integer> checkpoints = new ArrayList<>();

        @Override
        public void progress(Progress report) {
            progress.add(report);
        }

        @Override
        public void evaluation(Evaluation evaluation) {
            evaluations.add(evaluation);
        }

        @Override
        public void sample(Sample sample) {
            samples.add(sample);
        }

        @Override
        public void checkpoint(int step, Path folder) {
            checkpoints.add(step);
        }
    }

    public static TrainingResult train(
            Backend backend,
            Path folder,
            NetworkConfig config,
            TrainingText text,
            TrainingSettings settings,
            Observer observer) {
        return train(backend, folder, config, text, settings, observer, Integer.MAX_VALUE);
    }

    /** @param stopAfter steps after which a stop is asked for */
    public static TrainingResult train(
            Backend backend,
            Path folder,
            NetworkConfig config,
            TrainingText text,
            TrainingSettings settings,
            Observer observer,
            int stopAfter) {
        StopAfter counting = new StopAfter(backend, lengths(settings.loop()), stopAfter);
        try (Trainer trainer = new Trainer(
                        counting.backend(), config, new LanguageModelling(TOKENIZER, text), settings, observer);
                ModelDirectory directory = open(folder, config, settings.run().resume())) {
            counting.stop(trainer::requestStop);
            return trainer.run(directory);
        }
    }

    private static int lengths(TrainingSettings.Loop loop) {
        return loop.varyLength() ? new StepLengths(loop.seqLength(), 0).forms().length : 1;
    }

    private static ModelDirectory open(Path folder, NetworkConfig config, boolean resume) {
        if (resume) {
            ModelDirectory directory = ModelDirectory.open(folder);
            directory.lock();
            return directory;
        }
        ModelDirectory directory = ModelDirectory.create(folder, false);
        directory.saveConfig(config, "language-model");
        directory.saveTokenizer(TOKENIZER);
        return directory;
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static List<Path> files(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The steps of a run's checkpoints, in their order. */
    static List<Integer> steps(Path directory) {
        Path folder = directory.resolve("checkpoints");
        return Files.exists(folder)
                ? files(folder).stream()
                        .map(path -> path.getFileName().toString())
                        .filter(name -> name.startsWith("step-"))
                        .map(name -> Integer.parseInt(name.substring("step-".length())))
                        .toList()
                : List.of();
    }

    static boolean sameBytes(Path left, Path right) {
        return Arrays.equals(bytes(left), bytes(right));
    }
}
