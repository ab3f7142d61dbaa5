package lstmgpu.train;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.store.ModelDirectory;

/** What to do about a run that diverged whatever was tried: a learning rate that can work. */
final class DivergenceAdvice {
    private static final float GENTLER = 0.25f;
    /** A state that explodes in so few steps does so before the gates, or the scale of a plain cell, have settled. */
    private static final int FIRST_STEPS = 100;

    private static final int WARM_UP = 200;

    private final ModelDirectory directory;
    private final TrainingSettings settings;
    private final float earlierRate;

    /** Asks for the rate of the run's earlier start, so make it before run.json tells of this one. */
    DivergenceAdvice(ModelDirectory directory, TrainingSettings settings) {
        this.directory = directory;
        this.settings = settings;
        this.earlierRate = settings.run().resume() ? earlierRate(directory) : Float.NaN;
    }

    private static float earlierRate(ModelDirectory directory) {
        try {
            return RunRecord.settings(directory).optimisation().learningRate();
        } catch (LstmGpuException unknown) {
            return Float.NaN;
        }
    }

    /**
     * Why the run ends: nothing that was tried helped.
     *
     * @param tries how often it went back and tried half the rate
     * @param rate the rate of the last try
     */
    LstmGpuException givenUp(Divergence divergence, int tries, float rate) {
        String tried = tries == 0
                ? ""
                : " again, after "
                        + (tries == 1
                                ? "a try with half the learning rate"
                                : tries + " tries with half the learning rate each");
        String kept = directory.hasWeights()
                ? "%s keeps the %s model".formatted(directory.weightsFile(), isJudged() ? "best" : "last good")
                : "no model was written";
        return new LstmGpuException(
                ExitCode.DIVERGED,
                "%s, so training diverged%s; %s; %s"
                        .formatted(divergence.getMessage(), tried, kept, gentler(rate, divergence.step())),
                divergence);
    }

    private boolean isJudged() {
        return directory.weightsOrigin().isJudged();
    }

    private String gentler(float rate, int step) {
        // Nothing but the rate was wrong there, and clipping does not make up for it.
        if (earlierRate < settings.optimisation().learningRate()) {
            return "go on with --resume and the run's earlier rate, --lr " + earlierRate;
        }
        float lower = Math.min(rate * GENTLER, usualRate(settings.optimisation().optimizer()));
        return (settings.run().resume() ? "go on with --resume" : "start again") + " with a lower rate such as --lr "
                + lower + ", or " + other(step);
    }

    /** At most so much, however far beyond it the run was. */
    private static float usualRate(OptimizerSpec.Kind optimizer) {
        return switch (optimizer) {
            case SGD -> 0.1f;
            case ADAGRAD -> 0.01f;
            case ADAM, ADAMW, RMSPROP -> 0.002f;
        };
    }

    private String other(int step) {
        if (settings.optimisation().gradClip() == 0) {
            return "with --grad-clip 1";
        }
        boolean early = step <= FIRST_STEPS
                && settings.rate().warmupSteps() == 0
                && !settings.run().resume();
        return early ? "with --warmup-steps " + WARM_UP : "a smaller --grad-clip";
    }
}
