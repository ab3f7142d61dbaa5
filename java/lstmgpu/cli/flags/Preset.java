package lstmgpu.cli.flags;

import lstmgpu.cli.report.Choices;
import lstmgpu.train.Schedule;
import lstmgpu.train.TrainingSettings;

/** Sizes and settings that go well together; a flag changes any one of them. */
public enum Preset {
    //      E    H   L  dropout  B    T    lr    steps epochs  schedule
    TINY(32, 128, 1, 0f, 32, 64, 4e-3f, 2450, 80, Schedule.Kind.COSINE),
    SMALL(64, 256, 2, 0.2f, 32, 64, 3e-3f, 6370, 30, Schedule.Kind.COSINE),
    MEDIUM(128, 512, 2, 0.3f, 64, 128, 2e-3f, 2450, 40, Schedule.Kind.COSINE),
    LARGE(256, 1024, 3, 0.5f, 128, 256, 1e-3f, 1225, 60, Schedule.Kind.COSINE);

    final int embeddingSize;
    final int hiddenSize;
    final int layers;
    final float dropout;
    final int batchSize;
    final int seqLength;
    final float learningRate;
    final int steps;
    final int mostEpochs;
    final Schedule.Kind schedule;

    Preset(
            int embeddingSize,
            int hiddenSize,
            int layers,
            float dropout,
            int batchSize,
            int seqLength,
            float learningRate,
            int steps,
            int mostEpochs,
            Schedule.Kind schedule) {
        this.embeddingSize = embeddingSize;
        this.hiddenSize = hiddenSize;
        this.layers = layers;
        this.dropout = dropout;
        this.batchSize = batchSize;
        this.seqLength = seqLength;
        this.learningRate = learningRate;
        this.steps = steps;
        this.mostEpochs = mostEpochs;
        this.schedule = schedule;
    }

    /** An epoch of a small text is too short to be followed by an evaluation and a checkpoint each time. */
    private static final int FEWEST_STEPS_BETWEEN = 50;

    /** Of a large text an epoch is too long to be lost. */
    private static final int MOST_STEPS_UNSAVED = 1000;

    private static final int FEWEST_EVALUATIONS = 4;

    /**
     * Settings without a last step, with one unless they have a time, and with evaluations, samples and checkpoints at
     * distances that suit the text.
     */
    public TrainingSettings fitting(TrainingSettings settings, int stepsPerEpoch) {
        int several = Math.ceilDiv(FEWEST_STEPS_BETWEEN, stepsPerEpoch) * stepsPerEpoch;
        int unsaved = Math.min(several, MOST_STEPS_UNSAVED);
        if (settings.loop().timed()) {
            return settings.withPauses(several, unsaved);
        }
        int epochs = epochs(stepsPerEpoch);
        int part = epochs < FEWEST_EVALUATIONS
                ? (int) Math.ceilDiv((long) epochs * stepsPerEpoch, FEWEST_EVALUATIONS)
                : several;
        return settings.withEpochs(epochs).withPauses(part, unsaved);
    }

    /**
     * Passes over a text that come nearest to the steps a network of this size is given: at least one, and not so many
     * that a small text is learnt by heart.
     */
    public int epochs(int stepsPerEpoch) {
        return Math.clamp(Math.round((double) steps / stepsPerEpoch), 1, mostEpochs);
    }

    /** The settings of a run, apart from the sizes of the network; how long it is depends on the text. */
    public TrainingSettings settings() {
        TrainingSettings base = TrainingSettings.defaults();
        TrainingSettings.Optimisation optimisation = base.optimisation();
        TrainingSettings.Rate rate = base.rate();
        return new TrainingSettings(
                new TrainingSettings.Optimisation(
                        optimisation.optimizer(),
                        learningRate,
                        optimisation.momentum(),
                        optimisation.weightDecay(),
                        optimisation.gradClip()),
                new TrainingSettings.Rate(schedule, rate.warmupSteps(), rate.decay(), rate.decayEvery()),
                new TrainingSettings.Loop(
                        batchSize,
                        seqLength,
                        0,
                        base.loop().resetState(),
                        TrainingSettings.UNLIMITED,
                        TrainingSettings.UNLIMITED,
                        0),
                base.validation(),
                base.saving(),
                base.samples(),
                base.run());
    }

    /** All of them, for {@code --help}. */
    public static String table() {
        StringBuilder table = new StringBuilder("  %-8s %9s %6s %6s %8s %5s %6s %8s %6s %10s  %s\n"
                .formatted(
                        "",
                        "embedding",
                        "hidden",
                        "layers",
                        "dropout",
                        "batch",
                        "length",
                        "lr",
                        "steps",
                        "epochs",
                        "schedule"));
        for (Preset preset : values()) {
            table.append("  %-8s %9d %6d %6d %8s %5d %6d %8s %6d %10s  %s\n"
                    .formatted(
                            Choices.name(preset),
                            preset.embeddingSize,
                            preset.hiddenSize,
                            preset.layers,
                            preset.dropout,
                            preset.batchSize,
                            preset.seqLength,
                            preset.learningRate,
                            preset.steps,
                            "1 to " + preset.mostEpochs,
                            Choices.name(preset.schedule)));
        }
        return table.append("  A run takes so many steps, in whole epochs; --epochs, --max-steps or --max-time set its"
                        + " length.\n")
                .toString();
    }
}
