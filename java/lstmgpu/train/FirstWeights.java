package lstmgpu.train;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.TokenizerJson;
import lstmgpu.network.LanguageModel;
import lstmgpu.network.ModelConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;

/**
 * The weights that a new run begins with: drawn, or those of another model. Where the run's vocabulary is larger than
 * that model's, each of its tokens keeps its rows of the embedding and of the output layer, and the rows of the new
 * tokens are drawn.
 */
final class FirstWeights {
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final TrainingSettings.Run run;

    FirstWeights(ModelConfig config, Tokenizer tokenizer, TrainingSettings.Run run) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.run = run;
    }

    /**
     * @throws LstmGpuException with exit code 3 if the other model cannot be read or is another network, or its
     *     vocabulary has a token that this run's lacks
     */
    void give(LanguageModel model) {
        if (run.initFrom() == null) {
            model.initialise(run.seed(), run.initialisation());
            return;
        }
        try (ModelDirectory source = ModelDirectory.open(Path.of(run.initFrom()))) {
            int[] places = places(source);
            Map<String, Tensor> weights = source.weights();
            if (places.length < tokenizer.vocabularySize()) {
                model.initialise(run.seed(), run.initialisation());
                weights = grown(weights, model.tensors(), places);
            }
            model.load(weights);
        }
    }

    /** As {@link #give} would, without a model to give them to. */
    void check() {
        if (run.initFrom() != null) {
            try (ModelDirectory source = ModelDirectory.open(Path.of(run.initFrom()))) {
                places(source);
                source.weights();
            }
        }
    }

    /** The identifier in this run of every token of the other model, in its order. */
    private int[] places(ModelDirectory source) {
        ModelConfig other = source.config();
        if (!other.withVocabulary(config.vocabularySize()).tensorShapes().equals(config.tensorShapes())
                || other.cell() != config.cell()) {
            throw LstmGpuException.data(
                    "--init-from %s is another network: %s, where this run is %s; give the same sizes",
                    run.initFrom(), other, config);
        }
        Tokenizer earlier = source.tokenizer();
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
                        run.initFrom());
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
