package lstmgpu.train;

import java.util.List;
import lstmgpu.store.MetricsFile;

/** Where the held-out loss was going when a run ended, so that it can be said what would help. */
public enum HeldOutTrend {
    /** Too few evaluations to say, or none. */
    UNKNOWN,
    /**
     * The last one is the lowest, and much lower than those of the first half of the run; the end alone tells nothing,
     * since it is flat whenever the learning rate has come down.
     */
    FALLING,
    /** Neither of the others. */
    LEVEL,
    /** The last one is clearly higher than the lowest. */
    RISING;

    /** Relative to the loss: what tells two evaluations of a model apart. */
    private static final double CLEARLY = 0.005;

    private static final double MUCH = 0.03;
    private static final double FIRST_PART = 0.5;

    static HeldOutTrend of(List<MetricsFile.Row> rows) {
        List<MetricsFile.Row> evaluated = rows.stream()
                .filter(row -> Double.isFinite(row.validationLoss()))
                .toList();
        if (evaluated.size() < 2) {
            return UNKNOWN;
        }
        double last = evaluated.getLast().validationLoss();
        double best = lowest(evaluated, Long.MAX_VALUE);
        if (last > best * (1 + CLEARLY)) {
            return RISING;
        }
        long before = (long) (FIRST_PART * evaluated.getLast().step());
        double earlier = lowest(evaluated, Math.max(before, evaluated.getFirst().step()));
        return last == best && earlier > last * (1 + MUCH) ? FALLING : LEVEL;
    }

    /** Of the evaluations up to a step. */
    private static double lowest(List<MetricsFile.Row> evaluated, long step) {
        return evaluated.stream()
                .filter(row -> row.step() <= step)
                .mapToDouble(MetricsFile.Row::validationLoss)
                .min()
                .orElseThrow();
    }
}
