package lstmgpu.model;

import lstmgpu.backend.Cell;
import lstmgpu.backend.RnnShape;

/**
 * What {@code config.json} says of a language model.
 *
 * @param dropout probability used in training; the model itself does not need it
 * @param tieWeights whether the output matrix is the embedding, which needs equal embedding and hidden sizes
 */
public record ModelConfig(
        Cell cell,
        int vocabularySize,
        int embeddingSize,
        int hiddenSize,
        int layers,
        float dropout,
        boolean tieWeights) {
    public RnnShape rnnShape() {
        return new RnnShape(cell, layers, embeddingSize, hiddenSize);
    }
}
