package lstmgpu.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.network.Metric.Better;

/**
 * What a task measures, and in which words.
 *
 * @param counted what its data is counted in, such as "token"
 * @param loss what training makes small
 * @param metrics what is measured besides, in the order in which it is shown; the first stands beside the loss while a
 *     network is trained
 */
public record Measures(String counted, Metric loss, List<Metric> metrics) {
    /**
     * @param lossUnit such as "nats per token"
     * @param lossDigits behind the point
     */
    public Measures(String counted, String lossUnit, int lossDigits, List<Metric> metrics) {
        this(counted, new Metric("loss", lossUnit, Better.LOWER, lossDigits, loss -> loss), metrics);
    }

    /** More than one of what is counted. */
    public String plural() {
        return counted + "s";
    }

    /** The metrics that follow from a mean loss. */
    public Map<Metric, Double> ofLoss(double mean) {
        return of(new EvaluationResult(mean, 0, 0, Map.of()));
    }

    /** The metrics that a result tells. */
    public Map<Metric, Double> of(EvaluationResult result) {
        Map<Metric, Double> told = new LinkedHashMap<>();
        for (Metric metric : metrics) {
            if (result.tells(metric)) {
                told.put(metric, result.value(metric));
            }
        }
        return told;
    }

    /** The first metric with its value, such as "perplexity 4.48"; nothing where it is not told. */
    public String first(Map<Metric, Double> told) {
        if (metrics.isEmpty() || !told.containsKey(metrics.getFirst())) {
            return "";
        }
        Metric first = metrics.getFirst();
        return first.name() + " " + first.shortNumber(told.get(first));
    }
}
