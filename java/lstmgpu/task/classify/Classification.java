package lstmgpu.task.classify;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchSpec;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.SequenceBatches;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Feed;
import lstmgpu.network.Measures;
import lstmgpu.network.Metric;
import lstmgpu.network.Metric.Better;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.SequenceFeed;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Batching;
import lstmgpu.task.DataSource;
import lstmgpu.task.Samples;
import lstmgpu.task.Task;
import lstmgpu.task.WordVectors;

/** The class of a whole text. The tokenizer and the labels lie beside the weights. */
public final class Classification implements Task {
    /** What config.json calls it. */
    public static final String NAME = "classification";

    /** The share of the texts whose class is predicted rightly. */
    public static final Metric ACCURACY = new Metric("accuracy", Metric.SHARE, Better.HIGHER, 2);

    /** The mean over the classes of the harmonic mean of precision and recall. */
    public static final Metric MACRO_F1 = new Metric("macro-F1", "", Better.HIGHER, 4);

    public static final Measures MEASURES = new Measures("token", "nats per text", 4, List.of(ACCURACY, MACRO_F1));

    private static final String TOKENIZER = "tokenizer.json";

    private final Tokenizer tokenizer;
    private final Classifier classifier;
    private final Data data;

    /**
     * What is learnt from.
     *
     * @param heldOut null if nothing is
     * @param vectors of words that the embedding begins with; null for none
     */
    public record Data(EncodedDocuments training, EncodedDocuments heldOut, DataSource source, WordVectors vectors) {}

    public Classification(Tokenizer tokenizer, Classifier classifier, Data data) {
        this.tokenizer = tokenizer;
        this.classifier = classifier;
        this.data = data;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Measures measures() {
        return MEASURES;
    }

    @Override
    public double blindLoss() {
        return Math.log(classifier.labels().size());
    }

    @Override
    public DataSource source() {
        return data.source;
    }

    @Override
    public long trainingLength() {
        return data.training.length();
    }

    @Override
    public long heldOutLength() {
        return data.heldOut == null ? 0 : data.heldOut.length();
    }

    @Override
    public BatchPlan plan(Batching batching) {
        EncodedDocuments training = data.training;
        int longest = Arrays.stream(training.lengths()).max().orElse(1);
        return BatchPlan.ofSequences(
                "the training part of " + data.source.name(),
                "text",
                training.count(),
                batching.batchSize(),
                longest,
                training.length(),
                batching.seed());
    }

    @Override
    public Feed feed(Backend backend, BatchPlan plan) {
        BatchSpec spec = plan.spec();
        EncodedDocuments training = data.training;
        SequenceBatches batches =
                new SequenceBatches(training.lengths(), spec.share().all(), spec.seed());
        return new SequenceFeed(
                backend,
                batches,
                training.starts(),
                spec.batch(),
                spec.share(),
                new DocumentTables(backend, training, classifier.isEven() ? List.of() : classifier.weights()));
    }

    @Override
    public Evaluation evaluation(Network network, int sequences, int steps) {
        return data.heldOut == null ? null : new DocumentEvaluation(network, classifier, data.heldOut, sequences);
    }

    @Override
    public Samples samples(String prompt, int length, long seed) {
        return Samples.NONE;
    }

    /** Vectors of words take the place of the drawn rows of the embedding. */
    @Override
    public void begin(Network network) {
        if (data.vectors != null) {
            data.vectors.begin(network);
        }
    }

    @Override
    public Map<String, String> identity() {
        return Map.of(TOKENIZER, TokenizerJson.sha256(tokenizer), Classifier.FILE, classifier.checksum());
    }

    @Override
    public void save(ModelDirectory directory, NetworkConfig config) {
        directory.saveConfig(config, NAME);
        directory.saveTokenizer(tokenizer);
        classifier.write(directory.taskFile(Classifier.FILE));
    }

    /** The other model's tokens and labels have to be these. */
    @Override
    public Map<String, Tensor> adopt(
            ModelDirectory other, String name, NetworkConfig config, Supplier<Map<String, Tensor>> drawn) {
        Map<String, Tensor> weights = Task.super.adopt(other, name, config, drawn);
        boolean same = TokenizerJson.sha256(other.inputTokenizer()).equals(TokenizerJson.sha256(tokenizer))
                && Classifier.read(other)
                        .labels()
                        .names()
                        .equals(classifier.labels().names());
        if (!same) {
            throw LstmGpuException.data(
                    "--init-from %s has another tokenizer or other labels, so its weights mean something else", name);
        }
        return weights;
    }
}
