package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What turns the recurrent stack's outputs into predictions, and judges them. Each is a linear layer and a loss. */
public sealed interface Head {
    String WEIGHT = "output.weight";
    String BIAS = "output.bias";

    /** Numbers of a prediction: rows of the linear layer. */
    int size();

    /** Whether the linear layer's matrix is the embedding of the input. */
    default boolean tied() {
        return false;
    }

    /** The names and shapes of its tensors over {@code hiddenSize} units. */
    default Map<String, List<Integer>> tensorShapes(int hiddenSize) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        if (!tied()) {
            shapes.put(WEIGHT, List.of(size(), hiddenSize));
        }
        shapes.put(BIAS, List.of(size()));
        return shapes;
    }

    /**
     * The next token of every step, by cross-entropy in nats. Targets are INT32 [T,B].
     *
     * @param size V
     */
    record NextToken(int size, boolean tied) implements Head {
        @Override
        public String toString() {
            return tied ? "tied weights" : "an output layer for the next token";
        }
    }

    /** Real values of every step, by their squared error. Targets are FLOAT32 [T,B,size]. */
    record Values(int size) implements Head {
        @Override
        public String toString() {
            return "values of every step: %d".formatted(size);
        }
    }

    /**
     * The class of a whole sequence, from its last step, by cross-entropy in nats. Targets are INT32 [B].
     *
     * @param size classes
     */
    record SequenceClass(int size) implements Head {
        @Override
        public String toString() {
            return "classes of a whole sequence: %d".formatted(size);
        }
    }
}
