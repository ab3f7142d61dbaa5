package lstmgpu.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;

/**
 * How well a model predicts some data.
 *
 * @param loss the mean of what training makes small, in {@code unit}
 * @param unit of the loss, such as "nats per token"
 * @param count how much was predicted, such as tokens
 * @param seconds that it took
 * @param metrics what is measured besides, by names such as perplexity, bits_per_character and accuracy (a share, from
 *     0 to 1)
 */
public record Evaluation(double loss, String unit, long count, double seconds, Map<String, Double> metrics) {
    /** Copies the metrics. */
    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    static Evaluation of(EvaluationResult result, Measures measures) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        measures.of(result).forEach((metric, value) -> metrics.put(metric.key(), value));
        return new Evaluation(result.loss(), measures.loss().unit(), result.count(), result.seconds(), metrics);
    }
}
