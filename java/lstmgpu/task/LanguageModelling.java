package lstmgpu.task;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.Feed;
import lstmgpu.network.Measures;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.TokenFeed;
import lstmgpu.network.TokenMetrics;
import lstmgpu.store.GenerationConfig;
import lstmgpu.store.ModelDirectory;

/** The next token of a text. The tokenizer lies beside the weights. */
public final class LanguageModelling implements Task {
    /** What config.json calls it. */
    public static final String NAME = "language-model";

    private static final String TOKENIZER = "tokenizer.json";
    private static final int LEAST_VOCABULARY = 2;

    private final Tokenizer tokenizer;
    private final TrainingText text;
    private final WordVectors vectors;

    public LanguageModelling(Tokenizer tokenizer, TrainingText text) {
        this(tokenizer, text, null);
    }

    /** @param vectors of words that the embedding begins with; null for none */
    public LanguageModelling(Tokenizer tokenizer, TrainingText text, WordVectors vectors) {
        this.tokenizer = tokenizer;
        this.text = text;
        this.vectors = vectors;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Measures measures() {
        return TokenMetrics.MEASURES;
    }

    @Override
    public double blindLoss() {
        return Math.log(Math.max(LEAST_VOCABULARY, tokenizer.vocabularySize()));
    }

    @Override
    public DataSource source() {
        return new DataSource(text.source(), text.sha256(), text.inputs(), text.mapped());
    }

    @Override
    public long trainingLength() {
        return text.trainingTokens();
    }

    @Override
    public long heldOutLength() {
        return text.validationTokens();
    }

    @Override
    public BatchPlan plan(Batching batching) {
        String what = "the training part of " + text.source();
        if (text.validation() != null && text.validationTokens() < 2) {
            throw LstmGpuException.data(
                    "the validation part of %s has %s and needs 2; "
                            + "use more text, a larger --val-frac, or --val-frac 0",
                    text.source(), Count.of(text.validationTokens(), "token"));
        }
        if (batching.varies()) {
            return BatchPlan.varying(
                    what, text.trainingTokens(), batching.batchSize(), batching.length(), batching.seed());
        }
        return batching.stepSize() == 0
                ? BatchPlan.carried(what, text.trainingTokens(), batching.batchSize(), batching.length())
                : BatchPlan.sliding(
                        what,
                        text.trainingTokens(),
                        batching.batchSize(),
                        batching.length(),
                        batching.stepSize(),
                        batching.seed());
    }

    @Override
    public Feed feed(Backend backend, BatchPlan plan) {
        return new TokenFeed(backend, text.training(), text.bytesPerToken(), plan);
    }

    @Override
    public Evaluation evaluation(Network network, int sequences, int steps) {
        return text.validation() == null
                ? null
                : EvaluationPass.of(network, text.validation(), text.bytesPerToken(), sequences, steps);
    }

    @Override
    public Samples samples(String prompt, int length, long seed) {
        return new TextSamples(tokenizer, prompt, length, seed);
    }

    /** Vectors of words take the place of the drawn rows of the embedding. */
    @Override
    public void begin(Network network) {
        if (vectors != null) {
            vectors.begin(network);
        }
    }

    @Override
    public Map<String, String> identity() {
        return Map.of(TOKENIZER, TokenizerJson.sha256(tokenizer));
    }

    @Override
    public void save(ModelDirectory directory, NetworkConfig config) {
        directory.saveConfig(config, NAME);
        directory.saveTokenizer(tokenizer);
        directory.saveGenerationConfig(GenerationConfig.DEFAULT);
    }

    /**
     * Where this vocabulary is larger than the other model's, each of its tokens keeps its rows of the embedding and of
     * the output layer, and the rows of the new tokens are drawn.
     */
    @Override
    public Map<String, Tensor> adopt(
            ModelDirectory other, String name, NetworkConfig config, Supplier<Map<String, Tensor>> drawn) {
        NetworkConfig theirs = other.config();
        if (!theirs.predictsTokens()
                || !theirs.withVocabulary(config.vocabularySize())
                        .tensorShapes()
                        .equals(config.tensorShapes())
                || theirs.cell() != config.cell()) {
            throw Task.anotherNetwork(name, theirs, config);
        }
        int[] places = places(other.tokenizer(), name);
        Map<String, Tensor> weights = other.weights();
        return places.length < tokenizer.vocabularySize() ? grown(weights, drawn.get(), places) : weights;
    }

    /** The identifier here of every token of the other model, in its order. */
    private int[] places(Tokenizer earlier, String name) {
        if (TokenizerJson.sha256(earlier).equals(TokenizerJson.sha256(tokenizer))) {
            return IntStream.range(0, earlier.vocabularySize()).toArray();
        }
        Map<String, Integer> own = new HashMap<>();
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            own.put(tokenizer.token(id), id);
        }
        int[] places = new int[earlier.vocabularySize()];
        for (int id = 0; id < places.length; id++) {
            Integer place = own.get(earlier.token(id));
            if (!earlier.kind().equals(tokenizer.kind()) || place == null) {
                throw LstmGpuException.data(
                        "--init-from %s has another tokenizer, so its weights mean other tokens; train with its"
                                + " tokenizer",
                        name);
            }
            places[id] = place;
        }
        return places;
    }

    private static Map<String, Tensor> grown(Map<String, Tensor> weights, Map<String, Tensor> drawn, int[] places) {
        weights.forEach((name, tensor) -> {
            Tensor target = drawn.get(name);
            if (target.shape().equals(tensor.shape())) {
                System.arraycopy(tensor.values(), 0, target.values(), 0, tensor.values().length);
                return;
            }
            int row = tensor.values().length / places.length;
            for (int id = 0; id < places.length; id++) {
                System.arraycopy(tensor.values(), id * row, target.values(), places[id] * row, row);
            }
        });
        return drawn;
    }
}
