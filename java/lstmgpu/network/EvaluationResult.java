package lstmgpu.network;

import java.util.Map;

/**
 * How well a network predicts.
 *
 * @param loss the mean, in the task's unit
 * @param count of what was predicted, such as tokens
 * @param seconds time it took
 * @param measured what the loss does not tell
 */
public record EvaluationResult(double loss, long count, double seconds, Map<Metric, Double> measured) {
    /** Whether a metric was measured or follows from the loss. */
    public boolean tells(Metric metric) {
        return measured.containsKey(metric) || metric.followsFromLoss();
    }

    /** NaN where {@link #tells} says no. */
    public double value(Metric metric) {
        return metric.followsFromLoss()
                ? metric.formula().applyAsDouble(loss)
                : measured.getOrDefault(metric, Double.NaN);
    }

    /** How many were predicted a second. */
    public double rate() {
        return count / seconds;
    }
}
