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
     * Real values of every step. Each is predicted by itself and judged by the squared error, or by some of its
     * quantiles and judged by their error (Koenker and Bassett 1978). Targets are FLOAT32 [T,B,targets], predictions
     * [T,B,targets,Q].
     *
     * @param targets values of a step
     * @param quantiles Q of them, each in (0, 1) and above the one before; empty where Q = 1 and a prediction is the
     *     value itself
     */
    record Values(int targets, List<Float> quantiles) implements Head {
        public Values {
            quantiles = List.copyOf(quantiles);
            if (!areQuantiles(quantiles)) {
                throw new IllegalArgumentException("quantiles rise and lie between 0 and 1, other than " + quantiles);
            }
        }

        /** The values themselves. */
        public Values(int targets) {
            this(targets, List.of());
        }

        /** Whether these lie in (0, 1) and each is above the one before. */
        static boolean areQuantiles(List<Float> numbers) {
            float before = 0;
            for (float number : numbers) {
                if (!(number > before && number < 1)) {
                    return false;
                }
                before = number;
            }
            return true;
        }

        @Override
        public int size() {
            return Math.multiplyExact(targets, Math.max(1, quantiles.size()));
        }

        @Override
        public String toString() {
            return "values of every step: %d%s"
                    .formatted(targets, quantiles.isEmpty() ? "" : ", quantiles " + quantiles);
        }
    }

    /**
     * The class of a whole sequence, from one vector that stands for its steps, by cross-entropy in nats. Targets are
     * INT32 [B].
     *
     * @param size classes
     * @param pooling how the steps' outputs become one
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
