package lstmgpu.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.JsonFiles;
import lstmgpu.files.RegularFile;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * The folder of a model. Every file in it is there whole or not at all, and none says where the folder lies: it can be
 * moved. {@code docs/model-format.md} describes the files.
 */
public final class ModelDirectory implements AutoCloseable {
    private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{8,10}");

    private final Path path;
    private final boolean followed;
    private DirectoryLock lock;

    private ModelDirectory(Path path, boolean followed) {
        this.path = path;
        this.followed = followed;
    }

    /**
     * The folder of a run of several processes for those that do not write it: they see what lies there, and what they
     * save goes nowhere.
     */
    public static ModelDirectory follow(Path path) {
        return new ModelDirectory(path, true);
    }

    /** Whether another process writes it for this one. */
    public boolean isFollowed() {
        return followed;
    }

    /**
     * A model that exists, to read or, after {@link #lock}, to go on with.
     *
     * @throws LstmGpuException with exit code 3 if it is missing or holds no model
     */
    public static ModelDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw LstmGpuException.data(
                    "%s is %s; name a model directory that lstm-gpu train has written",
                    path, Files.exists(path) ? "no folder" : "not there");
        }
        if (!Files.exists(ModelFile.CONFIG.in(path))) {
            throw LstmGpuException.data(
                    "%s has no %s, so it is no model directory; name one that lstm-gpu train has written",
                    path, ModelFile.CONFIG);
        }
        return new ModelDirectory(path, false);
    }

    /**
     * Refuses a place where {@link #create} would: call it early, before long work.
     *
     * @throws LstmGpuException with exit code 2 if {@code overwrite} is false and there are weights, checkpoints or
     *     somebody else's config.json, or if a file has that name
     */
    public static void checkOutput(Path path, boolean overwrite) {
        OutputFolder.of(path).check(overwrite);
    }

    /** Whether something in {@link #checkpoints} has the name of a checkpoint. */
    public static boolean isCheckpoint(Path path) {
        return CHECKPOINT.matcher(path.getFileName().toString()).matches();
    }

    /**
     * A locked directory without a model in it: a new one, or, if {@code overwrite} is true, an old one whose model,
     * checkpoints and history are deleted (and no other file). Call it when the inputs are known to be good.
     *
     * @throws LstmGpuException as {@link #checkOutput}; with exit code 1 if the folder cannot be written or is locked
     */
    public static ModelDirectory create(Path path, boolean overwrite) {
        checkOutput(path, overwrite);
        try {
            Files.createDirectories(path);
        } catch (IOException failure) {
            throw IoErrors.unwritable(path, failure);
        }
        ModelDirectory directory = new ModelDirectory(path, false);
        directory.lock();
        try {
            checkOutput(path, overwrite);
            OutputFolder.of(path).clear();
            return directory;
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    /**
     * Locks the directory until {@link #close} and sweeps what interrupted writes have left.
     *
     * @throws LstmGpuException with exit code 1 if another run holds it, or checkpoints or tensorboard are no folders
     *     of its own
     */
    public void lock() {
        if (lock == null) {
            RegularFile.requireOwnFolder(checkpoints());
            RegularFile.requireOwnFolder(ModelFile.EVENTS.in(path));
            lock = DirectoryLock.acquire(path);
            AtomicFiles.sweep(path, Duration.ZERO);
        }
    }

    /**
     * Call it before anything here is replaced.
     *
     * @throws LstmGpuException with exit code 1 if what {@link #lock} has locked is gone: another run may be here
     */
    public void checkLock() {
        if (lock != null) {
            lock.check();
        }
    }

    /** Releases the lock, if it is held. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    public Path path() {
        return path;
    }

    /** Where training state is kept; the folder may not exist yet. */
    public Path checkpoints() {
        return ModelFile.CHECKPOINTS.in(path);
    }

    public Path weightsFile() {
        return ModelFile.WEIGHTS.in(path);
    }

    public boolean hasWeights() {
        return RegularFile.exists(weightsFile());
    }

    public NetworkConfig config() {
        return NetworkConfig.read(ModelFile.CONFIG.in(path));
    }

    /** What the model of this directory has learnt: {@code language-model}, or the name of another task. */
    public String task() {
        return NetworkConfig.task(ModelFile.CONFIG.in(path));
    }

    public void saveConfig(NetworkConfig config, String task) {
        config.write(ModelFile.CONFIG.in(path), task);
    }

    /**
     * The language model's.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read or has another size than the configuration says,
     *     or if the model is no language model
     */
    public Tokenizer tokenizer() {
        NetworkConfig config = config();
        if (!config.predictsTokens()) {
            throw LstmGpuException.data(
                    "%s holds a model that has learnt '%s' and predicts no tokens, as its config.json says; name the"
                            + " folder of a language model",
                    path, task());
        }
        return inputTokenizer();
    }

    /**
     * That of a model that reads tokens, whatever it predicts.
     *
     * @throws LstmGpuException with exit code 3 if it cannot be read or has another size than the configuration says
     */
    public Tokenizer inputTokenizer() {
        return ModelTokenizer.read(path, config());
    }

    /** Where a task keeps what is its own, by the name of one of the {@link ModelFile}s. */
    public Path taskFile(String name) {
        return ModelFile.named(name).in(path);
    }

    public void saveTokenizer(Tokenizer tokenizer) {
        TokenizerJson.write(tokenizer, ModelFile.TOKENIZER.in(path));
    }

    /**
     * The tensors that {@link NetworkConfig#tensorShapes} names, all finite.
     *
     * @throws LstmGpuException with exit code 3, naming the tensor that is missing, unknown, of another shape or
     *     not finite, or the configuration or the tokenizer if it is not the one that was there when they were saved
     */
    public Map<String, Tensor> weights() {
        return weightsOnDisk().read(config());
    }

    private WeightsFile weightsOnDisk() {
        return new WeightsFile(weightsFile(), ModelFile.SEALED);
    }

    /**
     * Where the weights come from.
     *
     * @throws LstmGpuException with exit code 3 if the file is missing or its header is damaged
     */
    public WeightsOrigin weightsOrigin() {
        return WeightsOrigin.of(weightsFile());
    }

    /** As {@link #saveWeights(Map, WeightsOrigin)} where nothing is known of them. */
    public void saveWeights(Map<String, Tensor> tensors) {
        saveWeights(tensors, WeightsOrigin.UNKNOWN);
    }

    /** Replaces the weights; with them, the file knows which configuration and tokenizer they belong to. */
    public void saveWeights(Map<String, Tensor> tensors, WeightsOrigin origin) {
        checkLock();
        if (!followed) {
            weightsOnDisk().write(tensors, origin);
        }
    }

    /** The defaults where the file is missing. */
    public GenerationConfig generationConfig() {
        Path file = ModelFile.GENERATION.in(path);
        return RegularFile.exists(file) ? GenerationConfig.read(file) : GenerationConfig.DEFAULT;
    }

    public void saveGenerationConfig(GenerationConfig config) {
        config.write(ModelFile.GENERATION.in(path));
    }

    /** run.json: arguments, seed, versions, device, SHA-256 of the data; empty where the file is missing. */
    public ObjectNode run() {
        Path file = ModelFile.RUN.in(path);
        return RegularFile.exists(file) ? JsonFiles.read(file) : JsonFiles.object();
    }

    public void saveRun(ObjectNode run) {
        checkLock();
        if (!followed) {
            JsonFiles.writeSealed(ModelFile.RUN.in(path), run);
        }
    }

    /** The history as {@code metrics.csv} has it. */
    public MetricsFile metrics() {
        MetricsFile metrics = MetricsFile.open(ModelFile.METRICS.in(path));
        return followed ? metrics.unwritten() : metrics;
    }

    /**
     * Draws {@code loss.svg} and {@code loss.png}.
     *
     * @param unit of the loss
     * @throws LossChart.Unavailable if this machine cannot draw
     */
    public void saveLossChart(List<MetricsFile.Row> rows, String unit) throws LossChart.Unavailable {
        for (ModelFile picture : followed ? List.<ModelFile>of() : ModelFile.CHARTS) {
            Path file = picture.in(path);
            byte[] drawn = LossChart.draw(file, rows, unit);
            checkLock(); // Drawing takes a while.
            LossChart.write(file, drawn);
        }
    }

    /** {@code samples.txt}: texts drawn while training. */
    public SamplesFile samples() {
        return new SamplesFile(ModelFile.SAMPLES.in(path));
    }

    /** The event files for TensorBoard, which are added to only where asked for. */
    public EventFiles events(boolean writes) {
        return new EventFiles(ModelFile.EVENTS.in(path), writes && !followed);
    }
}
