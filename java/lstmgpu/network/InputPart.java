package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What turns a batch's inputs into what the recurrent stack reads. */
public sealed interface InputPart {
    /** I, the inputs of the first recurrent layer. */
    int size();

    /** The names and shapes of its tensors. */
    Map<String, List<Integer>> tensorShapes();

    /**
     * Tokens, each an identifier in [0, V): rows of an embedding.
     *
     * @param vocabularySize V
     * @param size E
     * @param clusters those of the adaptive softmax that has the same matrices; null for a row of E numbers for each
     */
    record Tokens(int vocabularySize, int size, Clusters clusters) implements InputPart {
        /** The tensor with a row for every token, [V,E]; with clusters one for every entry of the head. */
        public static final String EMBEDDING = "embedding.weight";

        /** What the names of its tensors begin with. */
        static final String PREFIX = "embedding.";

        /** What the names of the tensors of its clusters begin with. */
        static final String TAIL = PREFIX + "tail.";

        /** With a row for each token. */
        public Tokens(int vocabularySize, int size) {
            this(vocabularySize, size, null);
        }

        /** The matrix with a row for every token of cluster k. */
        static String tail(int k) {
            return TAIL + k + ".weight";
        }

        /** The matrix that makes the rows of cluster k as wide as the others. */
        static String widening(int k) {
            return TAIL + k + ".projection";
        }

        @Override
        public String toString() {
            return "an embedding of %d for %d tokens".formatted(size, vocabularySize);
        }

        @Override
        public Map<String, List<Integer>> tensorShapes() {
            if (clusters == null) {
                return Map.of(EMBEDDING, List.of(vocabularySize, size));
            }
            Map<String, List<Integer>> shapes = new LinkedHashMap<>();
            shapes.put(EMBEDDING, List.of(clusters.entries(), size));
            for (int k = 0; k < clusters.count(); k++) {
                shapes.put(tail(k), List.of(clusters.size(k), clusters.width(k, size)));
                shapes.put(widening(k), List.of(size, clusters.width(k, size)));
            }
            return shapes;
        }
    }

    /**
     * Real-valued features, as they are; it has no tensors.
     *
     * @param size features of a step
     */
    record Features(int size) implements InputPart {
        @Override
        public String toString() {
            return "%d features".formatted(size);
        }

        @Override
        public Map<String, List<Integer>> tensorShapes() {
            return Map.of();
        }
    }
}
