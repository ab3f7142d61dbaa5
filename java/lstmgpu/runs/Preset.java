package lstmgpu.runs;

import java.util.List;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.WeightGroup;
import lstmgpu.train.OptimiserSettings;
import lstmgpu.train.RateSettings;
import lstmgpu.train.Schedule;
import lstmgpu.train.TrainingSettings;

/** Sizes and settings that go well together; a flag changes any one of them. */
public enum Preset {
    //      E    H   L  dropout  B    T    lr   other lr decay steps epochs  schedule
    TINY(32, 128, 1, 0f, 32, 64, 1.6e-2f, 8e-3f, 0, 2450, 80, Schedule.Kind.COSINE),
    SMALL(64, 384, 2, 0.4f, 32, 64, 1e-2f, 3e-3f, 0.05f, 6370, 30, Schedule.Kind.COSINE),
    MEDIUM(128, 512, 2, 0.5f, 32, 64, 7e-3f, 3e-3f, 0.05f, 12250, 30, Schedule.Kind.COSINE),
    LARGE(256, 1024, 3, 0.5f, 128, 256, 1e-3f, 1e-3f, 0, 1225, 60, Schedule.Kind.COSINE);

    private final int embeddingSize;
    private final StackChoice.Stack stack;
    private final int batchSize;
    private final int seqLength;
    private final float learningRate;
    /** Of networks that bear less: without a gate of its own that forgets, with a projection, or deep. */
    private final float otherRate;

    private final float weightDecay;
    private final RunLength length;
    private final Schedule.Kind schedule;

    Preset(
            int embeddingSize,
            int hiddenSize,
            int layers,
            float dropout,
            int batchSize,
            int seqLength,
            float learningRate,
            float otherRate,
            float weightDecay,
            int steps,
            int mostEpochs,
            Schedule.Kind schedule) {
        this.embeddingSize = embeddingSize;
        this.stack = new StackChoice.Stack(hiddenSize, layers, dropout);
        this.batchSize = batchSize;
        this.seqLength = seqLength;
        this.learningRate = learningRate;
        this.otherRate = otherRate;
        this.weightDecay = weightDecay;
        this.length = new RunLength(steps, mostEpochs);
        this.schedule = schedule;
    }

    /** How long a run is that is not told. */
    public RunLength length() {
        return length;
    }

    /** E. */
    public int embeddingSize() {
        return embeddingSize;
    }

    /** Units, layers and dropout. */
    public StackChoice.Stack stack() {
        return stack;
    }

    /**
     * The settings of a run, apart from the sizes of the network; how long it is depends on the text. Cells without a
     * forget gate, those that others read through a projection, and more than two layers have a rate of their own.
     */
    public TrainingSettings settings(Cell cell, boolean projects, int layers) {
        TrainingSettings base = TrainingSettings.defaults();
        RateSettings rate = base.rate();
        return new TrainingSettings(
                optimisation(base.optimisation(), bearsMore(cell, projects, layers) ? learningRate : otherRate),
                new RateSettings(schedule, rate.warmupSteps(), rate.decay(), rate.decayEvery()),
                base.averaging(),
                base.regularisation(),
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

    /** Whether such a network learns best at the higher of a preset's two rates. */
    public static boolean bearsMore(Cell cell, boolean projects, int layers) {
        boolean forgets = cell.rows().stream().anyMatch(gate -> gate.signal() == CellSignal.FORGET);
        return forgets && !projects && layers <= 2;
    }

    private OptimiserSettings optimisation(OptimiserSettings base, float rate) {
        boolean decays = weightDecay > 0;
        return new OptimiserSettings(
                decays ? OptimizerSpec.Kind.ADAMW : base.optimizer(),
                rate,
                base.momentum(),
                weightDecay,
                decays ? List.of(WeightGroup.MATRICES) : base.decayOnly(),
                base.gradClip());
    }
}
