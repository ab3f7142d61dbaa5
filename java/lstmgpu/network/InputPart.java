package lstmgpu.network;

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
     */
    record Tokens(int vocabularySize, int size) implements InputPart {
        /** The tensor with a row for every token, [V,E]. */
        public static final String EMBEDDING = "embedding.weight";

        @Override
        public String toString() {
            return "an embedding of %d for %d tokens".formatted(size, vocabularySize);
        }

        @Override
        public Map<String, List<Integer>> tensorShapes() {
            return Map.of(EMBEDDING, List.of(vocabularySize, size));
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
