package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Pooling;

/** What turns the recurrent stack's outputs into predictions, and judges them. Each is a linear layer and a loss. */
public sealed interface Head {
    /** What the names of its tensors begin with. */
    String PREFIX = "output.";

    /** What the names of the tensors of its clusters begin with. */
    String TAIL = PREFIX + "tail.";

    String WEIGHT = PREFIX + "weight";
    String BIAS = PREFIX + "bias";

    /** Numbers of a prediction. */
    int size();

    /** Rows of the linear layer over all units. */
    default int rows() {
        return size();
    }

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
            shapes.put(WEIGHT, List.of(rows(), units));
        }
        shapes.put(BIAS, List.of(rows()));
        return shapes;
    }

    /** The matrix by which cluster k narrows what it reads. */
    static String projection(int k) {
        return TAIL + k + ".0.weight";
    }

    /** The matrix with a row for every token of cluster k. */
    static String tail(int k) {
        return TAIL + k + ".1.weight";
    }

    /**
     * The next token of every step, by cross-entropy in nats. Targets are INT32 [T,B].
     *
     * @param size V
     * @param clusters of an adaptive softmax; null for a softmax over all tokens
     */
    record NextToken(int size, boolean tied, Clusters clusters) implements Head {
        /** With a softmax over all tokens. */
        public NextToken(int size, boolean tied) {
            this(size, tied, null);
        }

        @Override
        public int rows() {
            return clusters == null ? size : clusters.entries();
        }

        @Override
        public Map<String, List<Integer>> tensorShapes(int units) {
            Map<String, List<Integer>> shapes = Head.super.tensorShapes(units);
            for (int k = 0; clusters != null && k < clusters.count(); k++) {
                shapes.put(projection(k), List.of(clusters.width(k, units), units));
                if (!tied) {
                    shapes.put(tail(k), List.of(clusters.size(k), clusters.width(k, units)));
                }
            }
            return shapes;
        }

        @Override
        public String toString() {
            String layer = tied ? "tied weights" : "an output layer for the next token";
            return clusters == null ? layer : layer + " in " + clusters;
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
