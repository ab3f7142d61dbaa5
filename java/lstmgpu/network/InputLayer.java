package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.RnnInput;

/** An {@link InputPart} on a device: it makes what the recurrent stack reads, and takes back what that says of it. */
abstract sealed class InputLayer {
    /**
     * @param memory what it allocates
     * @param batch its inputs are read at every {@link #forward}
     * @param gradients of all parameters; null when not training
     * @param table whether tokens are looked up in the table of first input products (see {@link RnnInput.Table})
     *     instead of the embedding
     * @param dropout of what the stack reads, not of a table; or null
     */
    static InputLayer of(
            Network network,
            Resources memory,
            Batch batch,
            DeviceBuffer gradients,
            boolean table,
            InputDropout dropout) {
        return switch (network.config().input()) {
            case InputPart.Tokens part ->
                table
                        ? new ByTable(network, memory, part, batch, gradients)
                        : new ByEmbedding(network, memory, part, batch, gradients, dropout);
            case InputPart.Features _ -> new ByFeatures(network, memory, batch, dropout);
        };
    }

    abstract RnnInput input();

    /** What {@link lstmgpu.backend.RnnSpec#tableSize} has to say. */
    abstract int tableSize();

    /** Brings what was computed from the weights up to date with them. */
    abstract void refresh();

    /** Makes {@link #input} what the batch asks for. */
    abstract void forward();

    /** Goes before the recurrent stack's backward. */
    abstract void clearGradient();

    /** Adds what the recurrent stack's backward left to the gradients of the weights. */
    abstract void backward();

    /** Features as they are, or a copy of which some are dropped. */
    private static final class ByFeatures extends InputLayer {
        private final Backend backend;
        private final DeviceBuffer features;
        private final RnnInput.Features input;
        private final InputDropout dropout;

        ByFeatures(Network network, Resources memory, Batch batch, InputDropout dropout) {
            this.backend = network.backend();
            this.features = batch.inputs();
            this.dropout = dropout;
            DeviceBuffer read = dropout == null ? features : memory.alloc(ElementType.FLOAT32, features.length());
            this.input = new RnnInput.Features(read, null, batch.lengths());
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
            if (dropout != null) {
                backend.copy(features, input.x());
                dropout.forward(input.x());
            }
        }

        @Override
        void clearGradient() {}

        @Override
        void backward() {}
    }

    private static final class ByEmbedding extends InputLayer {
        private final Backend backend;
        private final DeviceBuffer tokens;
        private final DeviceBuffer embedding;
        private final int embeddingSize;

        /** The embedding in clusters; null for rows alike. */
        private final AdaptiveInput adaptive;

        private final RnnInput.Features input;
        private final DeviceBuffer embeddingGradient;
        private final InputDropout dropout;

        ByEmbedding(
                Network network,
                Resources memory,
                InputPart.Tokens part,
                Batch batch,
                DeviceBuffer gradients,
                InputDropout dropout) {
            this.dropout = dropout;
            this.backend = network.backend();
            this.tokens = batch.inputs();
            this.adaptive =
                    part.clusters() == null ? null : new AdaptiveInput(network, memory, part, tokens, gradients);
            this.embedding = network.part(network.parameters(), InputPart.Tokens.EMBEDDING);
            this.embeddingSize = part.size();
            long length = Math.multiplyExact(tokens.length(), (long) embeddingSize);
            boolean training = gradients != null;
            this.embeddingGradient = training ? network.part(gradients, InputPart.Tokens.EMBEDDING) : null;
            this.input = new RnnInput.Features(
                    memory.alloc(ElementType.FLOAT32, length),
                    training ? memory.alloc(ElementType.FLOAT32, length) : null,
                    batch.lengths());
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
            if (adaptive == null) {
                backend.layers().embed(embedding, tokens, embeddingSize, input.x());
            } else {
                adaptive.forward(input.x());
            }
            if (dropout != null) {
                dropout.forward(input.x());
            }
        }

        @Override
        void clearGradient() {}

        @Override
        void backward() {
            if (dropout != null) {
                dropout.backward(input.dx());
            }
            if (adaptive == null) {
                backend.layers().embedGrad(input.dx(), tokens, embeddingSize, embeddingGradient);
            } else {
                adaptive.backward(input.dx());
            }
        }
    }

    private static final class ByTable extends InputLayer {
        private static final String WEIGHT = NetworkConfig.RNN_PREFIX + "weight_ih_l0";
        private static final String BIAS = NetworkConfig.RNN_PREFIX + "bias_ih_l0";

        private final Backend backend;
        private final Layers layers;
        private final int vocabularySize;
        private final LinearSpec product;
        private final RnnInput.Table input;
        private final DeviceBuffer embedding;
        private final DeviceBuffer weight;
        private final DeviceBuffer bias;
        private final DeviceBuffer embeddingGradient;
        private final DeviceBuffer weightGradient;
        private final DeviceBuffer biasGradient;

        ByTable(Network network, Resources memory, InputPart.Tokens part, Batch batch, DeviceBuffer gradients) {
            this.backend = network.backend();
            this.layers = backend.layers();
            this.vocabularySize = part.vocabularySize();
            this.embedding = network.part(network.parameters(), InputPart.Tokens.EMBEDDING);
            int gateRows = network.config().rnnShape().gateRows();
            this.product = new LinearSpec(vocabularySize, part.size(), gateRows, network.precision());
            this.weight = network.part(network.parameters(), WEIGHT);
            this.bias = network.part(network.parameters(), BIAS);
            boolean training = gradients != null;
            this.embeddingGradient = training ? network.part(gradients, InputPart.Tokens.EMBEDDING) : null;
            this.weightGradient = training ? network.part(gradients, WEIGHT) : null;
            this.biasGradient = training ? network.part(gradients, BIAS) : null;
            long length = Math.multiplyExact((long) vocabularySize, (long) gateRows);
            this.input = new RnnInput.Table(
                    memory.alloc(ElementType.FLOAT32, length),
                    batch.inputs(),
                    training ? memory.alloc(ElementType.FLOAT32, length) : null,
                    batch.lengths());
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
            layers.linear(embedding, weight, bias, product, input.table());
        }

        @Override
        void forward() {}

        @Override
        void clearGradient() {
            backend.fill(input.dTable(), 0);
        }

        @Override
        void backward() {
            layers.linearGrad(
                    embedding, weight, input.dTable(), product, embeddingGradient, true, weightGradient, biasGradient);
        }
    }
}
