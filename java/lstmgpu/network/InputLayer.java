package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnInput;

/**
 * Tokens into the recurrent stack: looked up in the embedding, or in the table of first input products (see {@link
 * RnnInput.Table}).
 */
abstract sealed class InputLayer implements AutoCloseable {
    final LanguageModel model;
    final Backend backend;
    final DeviceBuffer tokens;
    final DeviceBuffer embedding;
    final int vocabularySize;
    final int embeddingSize;

    private InputLayer(LanguageModel model, DeviceBuffer tokens) {
        this.model = model;
        this.backend = model.backend();
        this.tokens = tokens;
        this.embedding = model.part(model.parameters(), LanguageModel.EMBEDDING);
        this.vocabularySize = model.config().vocabularySize();
        this.embeddingSize = model.config().embeddingSize();
    }

    /**
     * @param tokens INT32 [T,B], read at every {@link #forward}
     * @param gradients of all parameters; null when not training
     */
    static InputLayer of(LanguageModel model, DeviceBuffer tokens, DeviceBuffer gradients, boolean table) {
        return table ? new ByTable(model, tokens, gradients) : new ByEmbedding(model, tokens, gradients);
    }

    abstract RnnInput input();

    /** What {@link lstmgpu.backend.RnnSpec#tableSize} has to say. */
    abstract int tableSize();

    /** Brings what was computed from the weights up to date with them. */
    abstract void refresh();

    /** Makes {@link #input} what the tokens ask for. */
    abstract void forward();

    /** Goes before the recurrent stack's backward. */
    abstract void clearGradient();

    /** Adds what the recurrent stack's backward left to the gradients of the weights. */
    abstract void backward();

    @Override
    public abstract void close();

    private static final class ByEmbedding extends InputLayer {
        private final RnnInput.Features input;
        private final DeviceBuffer embeddingGradient;

        ByEmbedding(LanguageModel model, DeviceBuffer tokens, DeviceBuffer gradients) {
            super(model, tokens);
            long length = Math.multiplyExact(tokens.length(), (long) embeddingSize);
            boolean training = gradients != null;
            this.embeddingGradient = training ? model.part(gradients, LanguageModel.EMBEDDING) : null;
            this.input = new RnnInput.Features(
                    backend.alloc(ElementType.FLOAT32, length),
                    training ? backend.alloc(ElementType.FLOAT32, length) : null);
        }

        @Override
        RnnInput input() {
            return input;
        }

        @Override
        int tableSize() {
            return 0;
        }

        @Override
        void refresh() {}

        @Override
        void forward() {
            backend.embed(embedding, tokens, embeddingSize, input.x());
        }

        @Override
        void clearGradient() {}

        @Override
        void backward() {
            backend.embedGrad(input.dx(), tokens, embeddingSize, embeddingGradient);
        }

        @Override
        public void close() {
            input.x().close();
            if (input.dx() != null) {
                input.dx().close();
            }
        }
    }

    private static final class ByTable extends InputLayer {
        private static final String WEIGHT = LanguageModel.RNN_PREFIX + "weight_ih_l0";
        private static final String BIAS = LanguageModel.RNN_PREFIX + "bias_ih_l0";

        private final RnnInput.Table input;
        private final int gateRows;
        private final DeviceBuffer weight;
        private final DeviceBuffer bias;
        private final DeviceBuffer embeddingGradient;
        private final DeviceBuffer weightGradient;
        private final DeviceBuffer biasGradient;

        ByTable(LanguageModel model, DeviceBuffer tokens, DeviceBuffer gradients) {
            super(model, tokens);
            this.gateRows = model.config().rnnShape().gateRows();
            this.weight = model.part(model.parameters(), WEIGHT);
            this.bias = model.part(model.parameters(), BIAS);
            boolean training = gradients != null;
            this.embeddingGradient = training ? model.part(gradients, LanguageModel.EMBEDDING) : null;
            this.weightGradient = training ? model.part(gradients, WEIGHT) : null;
            this.biasGradient = training ? model.part(gradients, BIAS) : null;
            long length = Math.multiplyExact((long) vocabularySize, (long) gateRows);
            this.input = new RnnInput.Table(
                    backend.alloc(ElementType.FLOAT32, length),
                    tokens,
                    training ? backend.alloc(ElementType.FLOAT32, length) : null);
        }

        @Override
        RnnInput input() {
            return input;
        }

        @Override
        int tableSize() {
            return vocabularySize;
        }

        @Override
        void refresh() {
            backend.linear(
                    embedding, weight, bias, vocabularySize, embeddingSize, gateRows, model.precision(), input.table());
        }

        @Override
        void forward() {}

        @Override
        void clearGradient() {
            backend.fill(input.dTable(), 0);
        }

        @Override
        void backward() {
            backend.linearGrad(
                    embedding,
                    weight,
                    input.dTable(),
                    vocabularySize,
                    embeddingSize,
                    gateRows,
                    model.precision(),
                    embeddingGradient,
                    true,
                    weightGradient,
                    biasGradient);
        }

        @Override
        public void close() {
            input.table().close();
            if (input.dTable() != null) {
                input.dTable().close();
            }
        }
    }
}
