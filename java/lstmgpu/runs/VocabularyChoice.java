package lstmgpu.runs;

import java.util.Objects;
import lstmgpu.data.TextOptions;

/**
 * Which tokens somebody asks for; null where nothing is said.
 *
 * @param tokenizer a kind, or the path of a tokenizer.json
 * @param size tokens at most
 * @param minFrequency how often a token has to come
 */
public record VocabularyChoice(String tokenizer, Integer size, Integer minFrequency) {
    /** Whether a vocabulary of its own is asked for. */
    boolean isGiven() {
        return tokenizer != null || size != null || minFrequency != null;
    }

    /** The tokenizer's kind or file. */
    String tokenizer(String otherwise) {
        return Objects.requireNonNullElse(tokenizer, otherwise);
    }

    TextOptions options(int leastFrequency, boolean lines) {
        return new TextOptions(
                Objects.requireNonNullElse(size, 0), Objects.requireNonNullElse(minFrequency, leastFrequency), lines);
    }
}
