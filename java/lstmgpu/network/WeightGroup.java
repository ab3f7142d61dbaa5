package lstmgpu.network;

import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;

/** Weights that weight decay can pull apart from others; the names {@code --decay-only} takes, in lower case. */
public enum WeightGroup {
    /** What inputs are multiplied with, in every recurrent layer. */
    INPUT,
    /** What the state of the step before is multiplied with. */
    RECURRENT,
    /** The head's matrices; where weights are tied, the embedding is one. */
    OUTPUT,
    /** The rows of the tokens. */
    EMBEDDING,
    /** All that is no matrix. */
    BIASES,
    /** All matrices but the embedding, unless weights are tied. */
    MATRICES;

    /** @param tied whether the head's matrix is the embedding */
    boolean has(ParameterLayout.Slot tensor, boolean tied) {
        boolean matrix = tensor.shape().size() > 1;
        boolean embedding = tensor.name().startsWith(InputPart.Tokens.PREFIX);
        boolean output = matrix && tensor.name().startsWith(Head.PREFIX) || embedding && tied;
        boolean input = tensor.name().startsWith(NetworkConfig.RNN_PREFIX + CellTensor.INPUT_WEIGHT.stem());
        return switch (this) {
            case INPUT -> input;
            case RECURRENT -> matrix && !input && !output && !embedding;
            case OUTPUT -> output;
            case EMBEDDING -> embedding;
            case BIASES -> !matrix;
            case MATRICES -> matrix && (output || !embedding);
        };
    }
}
