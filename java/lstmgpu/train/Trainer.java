package lstmgpu.train;

import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.LanguageModel;
import lstmgpu.network.ModelConfig;
import lstmgpu.store.ModelDirectory;

/**
 * Trains a language model. Making a trainer checks and allocates everything and touches no file, so that a caller can
 * leave an old model alone until it is sure that a new one can begin; {@link #run} then trains in a model directory.
 */
public final class Trainer implements AutoCloseable {
    private final Backend backend;
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final TrainingText text;
    private final TrainingSettings settings;
    private final TrainingListener listener;
    private final BatchPlan plan;
    private final TrainingSamples samples;
    private final FirstWeights firstWeights;
    private final TrainingNetwork network;
    private volatile boolean stopRequested;

    /**
     * Checks everything that can be checked before the work begins, allocates the network and, unless the run goes on
     * from a checkpoint, gives it its first weights.
     *
     * @throws LstmGpuException with exit code 3 if the text is too short or the weights of {@code --init-from} do not
     *     fit, 2 if settings contradict each other, 5 if memory is short
     */
    public Trainer(
            Backend backend,
            ModelConfig config,
            Tokenizer tokenizer,
            TrainingText text,
            TrainingSettings settings,
            TrainingListener listener) {
        this.backend = backend;
        this.config = config;
        this.tokenizer = tokenizer;
        this.text = text;
        this.settings = settings;
        this.listener = listener;
        this.plan = check(config, text, settings);
        this.samples = new TrainingSamples(
                tokenizer, settings.samples(), settings.run().seed());
        this.firstWeights = new FirstWeights(config, tokenizer, settings.run());
        this.network = new TrainingMemory(backend, config, text, settings, samples).newNetwork(plan);
        try {
            if (!settings.run().resume()) {
                firstWeights.give(network.model());
            }
        } catch (RuntimeException failure) {
            network.close();
            throw failure;
        }
    }

    /**
     * Checks everything that can be checked without a device, and that is not a matter of single flags.
     *
     * @return how the text is walked through
     * @throws LstmGpuException with exit code 3 if the text is too short, 2 if settings contradict each other
     */
    private static BatchPlan check(ModelConfig config, TrainingText text, TrainingSettings settings) {
        BatchPlan plan = plan(text, settings);
        new Schedule(
                settings.rate(),
                settings.optimisation().learningRate(),
                plan.stepsPerEpoch(),
                totalSteps(settings, plan),
                settings.loop().timed());
        if (settings.run().resume() && settings.run().initFrom() != null) {
            throw LstmGpuException.usage("--resume goes on with the run's own weights; leave --init-from out");
        }
        LanguageModel.check(config);
        return plan;
    }

    /**
     * As making a trainer and, where the run is to be resumed, beginning it: makes all checks that need no device.
     *
     * @param resumed the directory of the run that is to go on, or null
     * @return how the text is walked through
     */
    public static BatchPlan rehearse(
            ModelConfig config,
            Tokenizer tokenizer,
            TrainingText text,
            TrainingSettings settings,
            ModelDirectory resumed) {
        BatchPlan plan = check(config, text, settings);
        new TrainingSamples(tokenizer, settings.samples(), settings.run().seed());
        if (resumed == null) {
            new FirstWeights(config, tokenizer, settings.run()).check();
        } else {
            RunState.newest(resumed, RunIdentity.of(config, tokenizer, text, settings));
        }
        return plan;
    }

    /**
     * Bytes that a run would allocate on a device; nothing is allocated for the answer.
     *
     * @throws LstmGpuException with exit code 5 and a batch size that would fit, if fewer are free
     */
    public static long requireMemory(
            Backend backend, ModelConfig config, Tokenizer tokenizer, TrainingText text, TrainingSettings settings) {
        TrainingSamples samples = new TrainingSamples(
                tokenizer, settings.samples(), settings.run().seed());
        return new TrainingMemory(backend, config, text, settings, samples).require();
    }

    /**
     * How a text is walked through.
     *
     * @throws LstmGpuException with exit code 3 if it is too short
     */
    static BatchPlan plan(TrainingText text, TrainingSettings settings) {
        TrainingSettings.Loop loop = settings.loop();
        String what = "the training part of " + text.source();
        if (text.validation() != null && text.validationTokens() < 2) {
            throw LstmGpuException.data(
                    "the validation part of %s has %s and needs 2; "
                            + "use more text, a larger --val-frac, or --val-frac 0",
                    text.source(), Count.of(text.validationTokens(), "token"));
        }
        return loop.stepSize() == 0
                ? BatchPlan.carried(what, text.trainingTokens(), loop.batchSize(), loop.seqLength())
                : BatchPlan.sliding(
                        what,
                        text.trainingTokens(),
                        loop.batchSize(),
                        loop.seqLength(),
                        loop.stepSize(),
                        settings.run().seed());
    }

    /**
     * Steps that a pass over the text takes.
     *
     * @throws LstmGpuException with exit code 3 if it is too short
     */
    public static int stepsPerEpoch(TrainingText text, TrainingSettings settings) {
        return plan(text, settings).stepsPerEpoch();
    }

    /** Steps of the whole run, or {@link TrainingSettings#UNLIMITED}. */
    public int totalSteps() {
        return totalSteps(settings, plan);
    }

    private static int totalSteps(TrainingSettings settings, BatchPlan plan) {
        long byEpochs = settings.loop().epochs() == TrainingSettings.UNLIMITED
                ? TrainingSettings.UNLIMITED
                : (long) settings.loop().epochs() * plan.stepsPerEpoch();
        return (int) Math.min(settings.loop().maxSteps(), byEpochs);
    }

    /**
     * Trains until the run is over or a stop is asked for; once only. Writes model.safetensors, metrics.csv, loss.svg,
     * samples.txt, run.json, checkpoints/ and, where the settings ask for it, tensorboard/.
     *
     * @param directory locked, with config.json, tokenizer.json and generation_config.json
     * @throws LstmGpuException with exit code 6 if the loss diverges, 5 if memory is short, 2 or 3 if a run
     *     cannot be resumed so
     */
    public TrainingResult run(ModelDirectory directory) {
        RunRecord run = new RunRecord(directory);
        TrainingLoop loop = new TrainingLoop(
                network,
                plan,
                settings,
                directory,
                listener,
                RunIdentity.of(config, tokenizer, text, settings),
                text.mapped(),
                samples,
                settings.run().resume() ? null : () -> firstWeights.give(network.model()),
                totalSteps());
        if (settings.run().resume()) {
            loop.resume();
        }
        run.started(settings, text, plan, backend.device(), loop.step());
        listener.started(new TrainingListener.Start(
                network.model().parameterCount(),
                text.trainingTokens(),
                text.validationTokens(),
                plan.stepsPerEpoch(),
                loop.step(),
                totalSteps()));
        TrainingResult result = finishOrNote(loop, run);
        run.finished(result);
        listener.finished(result);
        return result;
    }

    private TrainingResult finishOrNote(TrainingLoop loop, RunRecord run) {
        try {
            return loop.run(() -> stopRequested);
        } catch (LstmGpuException failure) {
            throw noted(failure, run);
        } catch (InternalError fault) {
            throw noted(text.inputs().unreachable(fault), run);
        }
    }

    private static LstmGpuException noted(LstmGpuException failure, RunRecord run) {
        try {
            run.failed(failure.getMessage());
        } catch (LstmGpuException unwritable) {
            failure.addSuppressed(unwritable);
        }
        return failure;
    }

    /** From any thread: finish the step in progress, write a checkpoint and return. */
    public void requestStop() {
        stopRequested = true;
    }

    /** Frees what the run kept on the device. */
    @Override
    public void close() {
        network.close();
    }
}
