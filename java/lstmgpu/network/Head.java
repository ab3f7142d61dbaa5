package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Pooling;

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

    /** Whether every step has a target; otherwise every sequence has one. */
    default boolean judgesSteps() {
        return true;
    }

    /** The names and shapes of its tensors over so many units. */
    default Map<String, List<Integer>> tensorShapes(int units) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        if (!tied()) {
            shapes.put(WEIGHT, List.of(size(), units));
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

    /**
     * Real values of every step. Targets are FLOAT32 [T,B,targets], predictions [T,B,targets,Q] with the Q numbers that
     * the loss wants for each value.
     *
     * @param targets values of a step
     */
    record Values(int targets, ValueLoss loss) implements Head {
        /** Judged by the squared error. */
        public Values(int targets) {
            this(targets, new ValueLoss.Squared());
        }

        @Override
        public int size() {
            return Math.multiplyExact(targets, loss.predictions());
        }

        @Override
        public String toString() {
            return "values of every step: %d, by the %s".formatted(targets, loss);
        }
    }

    /**
     * The class of a whole sequence, from one vector that stands for its steps, by cross-entropy in nats. Targets are
     * INT32 [B].
     *
     * @param size classes
     * @param pooling how the steps' outputs become one; the last of the backward direction is where it ends, the
     *     sequence's first step
     */
    record SequenceClass(int size, Pooling pooling) implements Head {
        /** From the last step. */
        public SequenceClass(int size) {
            this(size, Pooling.LAST);
        }

        @Override
        public boolean judgesSteps() {
            return false;
        }

        @Override
        public String toString() {
            return "classes of a whole sequence: %d".formatted(size);
        }
    }
}
