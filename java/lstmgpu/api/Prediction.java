package lstmgpu.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The class of a text.
 *
 * @param label the most probable one
 * @param probabilities of all labels, in the order of {@link ClassModel#labels}; they add up to 1
 */
public record Prediction(String label, Map<String, Double> probabilities) {
    /** Copies the probabilities. */
    public Prediction {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }

    static Prediction of(List<String> labels, double... shares) {
        Map<String, Double> probabilities = new LinkedHashMap<>();
        int best = 0;
        for (int i = 0; i < shares.length; i++) {
            best = shares[i] > shares[best] ? i : best;
            probabilities.put(labels.get(i), shares[i]);
        }
        return new Prediction(labels.get(best), probabilities);
    }
}
