package lstmgpu.train;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.Tokenizer;
import lstmgpu.model.ModelConfig;
import lstmgpu.model.ModelDirectory;

/**
 * Trains a language model in a model directory. The caller has made the directory, locked it and written config.json,
 * tokenizer.json and generation_config.json; the trainer writes model.safetensors, metrics.csv, loss.svg,
 * samples.txt, run.json and checkpoints/.
 */
public final class Trainer {
    private final Backend backend;
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final TrainingText text;
    private final TrainingSettings settings;
    private final ModelDirectory directory;
    private final TrainingListener listener;
    private final BatchPlan plan;
    private final TrainingSamples samples;
    private volatile boolean stopRequested;

    /**
     * Checks everything that can be checked before the work begins.
     *
     * @param directory locked by the caller
     * @throws LstmGpuException with exit code 3 if the text is too short, 2 if settings contradict each other
     */
    public Trainer(
            Backend backend,
            ModelConfig config,
            Tokenizer tokenizer,
            TrainingText text,
            TrainingSettings settings,
            ModelDirectory directory,
            TrainingListener listener) {
        this.backend = backend;
        this.config = config;
        this.tokenizer = tokenizer;
        this.text = text;
        this.settings = settings;
        this.directory = directory;
        this.listener = listener;
        this.plan = plan(text, settings);
        this.samples = new TrainingSamples(
                tokenizer, settings.samples(), settings.run().seed());
        new Schedule(settings.rate(), settings.optimisation().learningRate(), plan.stepsPerEpoch(), totalSteps());
        if (settings.run().resume() && settings.run().initFrom() != null) {
            throw LstmGpuException.usage("--resume goes on with the run's own weights; leave --init-from out");
        }
    }

    private static BatchPlan plan(TrainingText text, TrainingSettings settings) {
        TrainingSettings.Loop loop = settings.loop();
        String what = "the training part of " + text.source();
        if (text.validation() != null && text.validationTokens() < 2) {
            throw LstmGpuException.data(
                    "the validation part of %s has %d tokens and needs 2; "
                            + "use more text, a larger --val-frac, or --val-frac 0",
                    text.source(), text.validationTokens());
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

    /** Steps of the whole run, or {@link TrainingSettings#UNLIMITED}. */
    public int totalSteps() {
        long byEpochs = settings.loop().epochs() == TrainingSettings.UNLIMITED
                ? TrainingSettings.UNLIMITED
                : (long) settings.loop().epochs() * plan.stepsPerEpoch();
        return (int) Math.min(settings.loop().maxSteps(), byEpochs);
    }

    /**
     * Trains until the run is over or a stop is asked for.
     *
     * @throws LstmGpuException with exit code 6 if the loss diverges, 5 if memory is short, 2 or 3 if a run
     *     cannot be resumed so
     */
    public TrainingResult run() {
        RunRecord run = new RunRecord(directory);
        try (TrainingNetwork network = new TrainingNetwork(backend, config, text, plan, settings)) {
            TrainingLoop loop = new TrainingLoop(
                    network,
                    plan,
                    settings,
                    directory,
                    listener,
                    RunIdentity.of(config, text, settings),
                    samples,
                    totalSteps());
            begin(network, loop);
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
    }

    private TrainingResult finishOrNote(TrainingLoop loop, RunRecord run) {
        try {
            return loop.run(() -> stopRequested);
        } catch (LstmGpuException failure) {
            run.failed(failure.getMessage());
            throw failure;
        }
    }

    private void begin(TrainingNetwork network, TrainingLoop loop) {
        if (settings.run().resume()) {
            loop.resume();
        } else if (settings.run().initFrom() != null) {
            network.model().load(weightsOf(Path.of(settings.run().initFrom())));
        } else {
            network.model().initialise(settings.run().seed(), settings.run().initialisation());
        }
    }

    private Map<String, lstmgpu.model.Tensor> weightsOf(Path folder) {
        try (ModelDirectory source = ModelDirectory.open(folder)) {
            ModelConfig other = source.config();
            if (!other.tensorShapes().equals(config.tensorShapes()) || other.cell() != config.cell()) {
                throw LstmGpuException.data(
                        "--init-from %s is another network: %s, where this run is %s; give the same sizes",
                        folder, other, config);
            }
            if (!sameTokens(source.tokenizer())) {
                throw LstmGpuException.data(
                        "--init-from %s has another tokenizer, so its weights mean other tokens; train with its"
                                + " tokenizer",
                        folder);
            }
            return source.weights();
        }
    }

    private boolean sameTokens(Tokenizer other) {
        if (!other.kind().equals(tokenizer.kind()) || other.vocabularySize() != tokenizer.vocabularySize()) {
            return false;
        }
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            if (!other.token(id).equals(tokenizer.token(id))) {
                return false;
            }
        }
        return true;
    }

    /** From any thread: finish the step in progress, write a checkpoint and return. */
    public void requestStop() {
        stopRequested = true;
    }
}
