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
public abstract sealed class Training<T extends Training<T>> extends NetworkSettings<T>
        permits TextTraining, SeriesTraining, ClassTraining {
    private static final TrainingListener SILENT = new TrainingListener() {};

    private final TrainingListener listener;

    Training(Wishes wishes, TrainingListener listener) {
        super(wishes);
        this.listener = listener == null ? SILENT : listener;
    }

    abstract T with(Wishes other, TrainingListener hears);

    @Override
    final T asking(Wishes other) {
        return with(other, listener);
    }

    /**
     * {@return these settings with somebody who hears what happens}
     *
     * @param hears the run, in place of who heard it before. Default: nobody
     */
    public final T listener(TrainingListener hears) {
        return with(wishes(), Objects.requireNonNull(hears, "listener"));
    }

    /**
     * {@return these settings with another B, the sequences of a step}
     *
     * @param sequences at least 1
     */
    public final T batchSize(int sequences) {
        return set("--batch-size", sequences);
    }

    /**
     * {@return these settings with another number of passes over the data}
     *
     * @param passes at least 1. Default: what suits its size
     */
    public final T epochs(int passes) {
        return set("--epochs", passes);
    }

    /**
     * {@return these settings with another end}
     *
     * @param steps after which training ends; 0 gives the model that training would begin with
     */
    public final T maxSteps(int steps) {
        return set("--max-steps", steps);
    }

    /**
     * {@return these settings with a time after which training ends; such a run has other bits every time}
     *
     * @param time earlier starts of the run included. Beside {@link #epochs} or {@link #maxSteps} only when this call
     *     ends at the latest
     */
    public final T maxTime(Duration time) {
        return set("--max-time", time);
    }

    /**
     * {@return these settings with other times at which what is held out is looked at}
     *
     * @param steps between two looks; 0 for once an epoch
     */
    public final T evalEvery(int steps) {
        return set("--eval-every", steps);
    }

    /**
     * {@return these settings with an end where the loss does not become better any more}
     *
     * @param looks at what is held out, so many without a better loss; 0 for never. Default: 0
     */
    public final T patience(int looks) {
        return set("--patience", looks);
    }

    /**
     * {@return these settings with another measure of better}
     *
     * @param least by how much a loss has to be lower. Default: 0
     */
    public final T minDelta(double least) {
        return set("--min-delta", least);
    }

    /**
     * {@return these settings with other times for checkpoints}
     *
     * @param steps between two of them; 0 for once an epoch
     */
    public final T saveEvery(int steps) {
        return set("--save-every", steps);
    }

    /**
     * {@return these settings with another number of checkpoints that stay}
     *
     * @param checkpoints at least 1. Default: 2
     */
    public final T keep(int checkpoints) {
        return set("--keep", checkpoints);
    }

    /**
     * {@return these settings with or without event files for TensorBoard}
     *
     * @param written whether they are. Default: no
     */
    public final T tensorboard(boolean written) {
        return set("--tensorboard", written);
    }

    /**
     * {@return these settings with another seed of all random numbers}
     *
     * @param seed on the same device, the same one gives the same model, bit for bit. Default: 0
     */
    public final T seed(long seed) {
        return set("--seed", seed);
    }

    /**
     * {@return these settings with another way to compute the recurrent stack on a GPU}
     *
     * @param name auto, cudnn, fused or sequence. Default: auto
     */
    public final T rnn(String name) {
        return set("--rnn", name);
    }

    /**
     * {@return these settings with another precision of products, on CUDA, bf16 on the CPU too}
     *
     * @param name fp32, tf32 or bf16. Default: fp32
     */
    public final T precision(String name) {
        return set("--precision", name);
    }

    /**
     * {@return these settings with a model to begin with: its weights and what lies beside them, such as a tokenizer}
     *
     * @param folder of that model
     */
    public final T initFrom(Path folder) {
        return set("--init-from", folder);
    }

    /**
     * {@return these settings with or without going on where the run in the folder stopped, with the settings it had}
     *
     * @param goOn whether it goes on, exactly. Default: no
     */
    public final T resume(boolean goOn) {
        return set("--resume", goOn);
    }

    /**
     * {@return these settings with or without leave to replace a model}
     *
     * @param replaced whether one in the folder is; otherwise it is refused. Default: no
     */
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
                    wishes().optimisation(),
                    wishes().averaging(),
                    wishes().regularisation(),
                    wishes().loop(),
                    wishes().run(folder),
                    record.arguments(folder, input.files()));
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
