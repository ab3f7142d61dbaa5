package lstmgpu.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import lstmgpu.runs.ForecastRun;
import lstmgpu.runs.PreparedRun;
import lstmgpu.runs.RunChoice;
import lstmgpu.runs.TrainingChoice;
import lstmgpu.store.ModelDirectory;
import lstmgpu.train.Trainer;

/**
 * How a model is trained. Every setting has the name and the default of the program's flag, which
 * {@code lstm-gpu train --help} explains; names such as "gru" or "cosine" are the program's too. An object of this kind
 * never changes: each call gives another one, so that any thread may use it, and one may serve many runs. Whether a
 * value is in its range is found out when training begins.
 *
 * @param <T> the kind of training itself
 */
public abstract sealed class Training<T extends Training<T>> permits TextTraining, SeriesTraining, ClassTraining {
    private static final TrainingListener SILENT = new TrainingListener() {};

    private final Wishes wishes;
    private final TrainingListener listener;

    Training(Wishes wishes, TrainingListener listener) {
        this.wishes = wishes;
        this.listener = listener == null ? SILENT : listener;
    }

    abstract T with(Wishes other, TrainingListener hears);

    final T set(String flag, Object value) {
        return with(wishes.with(flag, value), listener);
    }

    final Wishes wishes() {
        return wishes;
    }

    /** Who hears what happens. Default: nobody. */
    public final T listener(TrainingListener hears) {
        return with(wishes, Objects.requireNonNull(hears, "listener"));
    }

    /** The kind of cells: lstm, gru, rnn_tanh or rnn_relu. Default: lstm. */
    public final T cell(String name) {
        return set("--cell", name);
    }

    /** Units of a layer, H, at least 1. */
    public final T hiddenSize(int units) {
        return set("--hidden-size", units);
    }

    /** Recurrent layers, L, at least 1. */
    public final T numLayers(int layers) {
        return set("--num-layers", layers);
    }

    /** The probability, from 0 and below 1, of zeroing an output in training, between layers and before the last. */
    public final T dropout(double probability) {
        return set("--dropout", probability);
    }

    /** The first weights: uniform, xavier, orthogonal or chrono. Default: uniform. */
    public final T init(String name) {
        return set("--init", name);
    }

    /** adam, adamw, sgd, rmsprop or adagrad. Default: adam. */
    public final T optimizer(String name) {
        return set("--optimizer", name);
    }

    /** Above 0: how far a step goes at most. */
    public final T learningRate(double rate) {
        return set("--learning-rate", rate);
    }

    /** Of sgd and rmsprop, from 0 and below 1. Default: 0. */
    public final T momentum(double share) {
        return set("--momentum", share);
    }

    /** How much weights are pulled towards zero, at least 0. Default: 0. */
    public final T weightDecay(double decay) {
        return set("--weight-decay", decay);
    }

    /** The largest norm of all gradients together; 0 turns it off. Default: 1. */
    public final T gradClip(double norm) {
        return set("--grad-clip", norm);
    }

    /** The learning rate over time: constant, step, exponential, cosine or plateau. Default: cosine. */
    public final T schedule(String name) {
        return set("--schedule", name);
    }

    /** Steps in which the learning rate rises from 0. Default: 0. */
    public final T warmupSteps(int steps) {
        return set("--warmup-steps", steps);
    }

    /** The factor of step, exponential and plateau, above 0 and at most 1. Default: 0.5. */
    public final T lrDecay(double factor) {
        return set("--lr-decay", factor);
    }

    /** Steps between two decays; of plateau, evaluations without a better loss. Default: an epoch, of plateau 1. */
    public final T decayEvery(int steps) {
        return set("--decay-every", steps);
    }

    /** Sequences of a step, B, at least 1. */
    public final T batchSize(int sequences) {
        return set("--batch-size", sequences);
    }

    /** Passes over the data, at least 1. Default: what suits its size. */
    public final T epochs(int passes) {
        return set("--epochs", passes);
    }

    /** Steps after which training ends; 0 gives the model that training would begin with. */
    public final T maxSteps(int steps) {
        return set("--max-steps", steps);
    }

    /**
     * How long to train, earlier starts of the run included; such a run has other bits every time. Beside
     * {@link #epochs} or {@link #maxSteps} only when this call ends at the latest.
     */
    public final T maxTime(Duration time) {
        return set("--max-time", time);
    }

    /** Steps between two looks at what is held out; 0 for once an epoch. */
    public final T evalEvery(int steps) {
        return set("--eval-every", steps);
    }

    /** So many such looks without a better loss end the run; 0 for never, which is the default. */
    public final T patience(int looks) {
        return set("--patience", looks);
    }

    /** By how much a loss has to be lower to count as better. Default: 0. */
    public final T minDelta(double least) {
        return set("--min-delta", least);
    }

    /** Steps between two checkpoints; 0 for once an epoch. */
    public final T saveEvery(int steps) {
        return set("--save-every", steps);
    }

    /** Checkpoints that stay, at least 1. Default: 2. */
    public final T keep(int checkpoints) {
        return set("--keep", checkpoints);
    }

    /** Whether event files for TensorBoard are written. Default: no. */
    public final T tensorboard(boolean written) {
        return set("--tensorboard", written);
    }

    /** Of all random numbers: on the same device, the same seed gives the same model, bit for bit. Default: 0. */
    public final T seed(long seed) {
        return set("--seed", seed);
    }

    /** Who computes the recurrent stack on a GPU: auto, cudnn, fused or sequence. Default: auto. */
    public final T rnn(String name) {
        return set("--rnn", name);
    }

    /** Of products, on CUDA: fp32, tf32 or bf16. Default: fp32. */
    public final T precision(String name) {
        return set("--precision", name);
    }

    /** A model to begin with: its weights and what lies beside them, such as a tokenizer. */
    public final T initFrom(Path folder) {
        return set("--init-from", folder);
    }

    /** Whether to go on exactly where the run in the folder stopped, with the settings it had. Default: no. */
    public final T resume(boolean goOn) {
        return set("--resume", goOn);
    }

    /** Whether a model in the folder is replaced; otherwise it is refused. Default: no. */
    public final T overwrite(boolean replaced) {
        return set("--overwrite", replaced);
    }

    /**
     * Trains, and loads what came of it.
     *
     * @param record what is recorded as asked for
     */
    final <M extends Model> M train(
            Device device,
            Input input,
            Path folder,
            Wishes record,
            BiFunction<List<Path>, TrainingChoice, PreparedRun> preparing,
            Function<TrainingResult, M> loading) {
        Objects.requireNonNull(folder, "folder");
        return device.use(() -> {
            TrainingChoice choice = new TrainingChoice(
                    wishes.optimisation(), wishes.loop(), wishes.run(folder), record.arguments(folder, input.files()));
            choice.run().check(device.kind());
            choice.run().checkOutput();
            choice.run().requireFit(device.backend());
            TrainingResult result = input.use(files -> {
                try (PreparedRun prepared = preparing.apply(files, choice)) {
                    return run(device, prepared, choice.run());
                }
            });
            return loading.apply(result);
        });
    }

    private TrainingResult run(Device device, PreparedRun prepared, RunChoice run) {
        AtomicReference<Trainer> running = new AtomicReference<>();
        HeardRun heard = new HeardRun(
                listener, prepared.task().measures(), () -> running.get().requestStop());
        lstmgpu.train.TrainingResult result;
        try (Trainer trainer =
                        new Trainer(device.backend(), prepared.config(), prepared.task(), prepared.settings(), heard);
                ModelDirectory directory = run.directory(prepared.config(), prepared.task())) {
            running.set(trainer);
            result = trainer.run(directory);
        }
        if (prepared instanceof ForecastRun forecasts) {
            forecasts.calibrate(device.backend());
        }
        return TrainingResult.of(result);
    }

    final TrainingListener listener() {
        return listener;
    }
}
