package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds after how many steps series repeat themselves, by the autocorrelation of what is left of them without a
 * straight trend.
 */
final class Season {
    /** The season of series that have none. */
    static final int NONE = 1;

    private static final int MOST_SERIES = 20;
    private static final int MOST_STEPS = 10_000;
    private static final int LONGEST_SOUGHT = 1_000;
    private static final int LEAST_CYCLES = 2;
    private static final double LEAST = 0.2;
    private static final double LEAST_SOUGHT = 0.3;
    private static final double AS_GOOD = 0.05;
    private static final int LEAST_SEASON = 2;

    private final List<double[]> series;

    /** @param all the values of each series; NaN where one is missing */
    Season(List<double[]> all) {
        this.series = all.stream()
                .sorted(Comparator.comparingInt((double[] values) -> -values.length))
                .limit(MOST_SERIES)
                .map(Season::withoutTrend)
                .toList();
    }

    /** Whether series are more alike after so many steps than after half of them. */
    boolean repeatsAfter(int steps) {
        double correlation = correlation(steps);
        return correlation > LEAST && correlation > correlation(Math.max(1, steps / 2));
    }

    /**
     * The season.
     *
     * @param cycles those of the calendar, which are preferred
     * @return steps, or {@link #NONE}
     */
    int length(List<Integer> cycles) {
        return cycles.stream()
                .filter(this::repeatsAfter)
                .max(Comparator.comparingDouble(this::correlation))
                .orElseGet(this::sought);
    }

    /** The lag of the highest correlation behind the first low one. */
    private int sought() {
        int longest = Math.min(LONGEST_SOUGHT, series.getFirst().length / (LEAST_CYCLES + 1));
        double lowest = 1;
        int best = NONE;
        double highest = -1;
        for (int lag = 1; lag <= longest; lag++) {
            double correlation = correlation(lag);
            if (correlation < lowest) {
                lowest = correlation;
                best = NONE;
                highest = -1;
            } else if (correlation > highest) {
                best = lag;
                highest = correlation;
            }
        }
        boolean inside = best >= LEAST_SEASON && best < longest;
        return inside && highest > LEAST_SOUGHT && highest - lowest > LEAST_SOUGHT ? shortest(best, highest) : NONE;
    }

    /** What repeats itself after some steps does so after their multiples too: the least that explains it. */
    private int shortest(int found, double correlation) {
        for (int divisor = found / LEAST_SEASON; divisor > 1; divisor--) {
            int part = Math.round((float) found / divisor);
            if (correlation(part) > correlation - AS_GOOD && repeatsAfter(part)) {
                return part;
            }
        }
        return found;
    }

    /** The mean over the series that have two cycles at least; −1 where none has. */
    double correlation(int lag) {
        List<Double> found = new ArrayList<>();
        for (double[] values : series) {
            if (values.length >= LEAST_CYCLES * lag) {
                found.add(correlation(values, lag));
            }
        }
        return found.stream().mapToDouble(Double::doubleValue).average().orElse(-1);
    }

    private static double correlation(double[] values, int lag) {
        double both = 0;
        double early = 0;
        double late = 0;
        for (int i = lag; i < values.length; i++) {
            if (!Double.isNaN(values[i]) && !Double.isNaN(values[i - lag])) {
                both += values[i] * values[i - lag];
                early += values[i - lag] * values[i - lag];
                late += values[i] * values[i];
            }
        }
        return early > 0 && late > 0 ? both / Math.sqrt(early * late) : 0;
    }

    private static double[] withoutTrend(double... values) {
        double[] last = Arrays.copyOfRange(values, Math.max(0, values.length - MOST_STEPS), values.length);
        double count = 0;
        double x = 0;
        double y = 0;
        for (int i = 0; i < last.length; i++) {
            if (!Double.isNaN(last[i])) {
                count++;
                x += i;
                y += last[i];
            }
        }
        double both = 0;
        double squares = 0;
        for (int i = 0; i < last.length; i++) {
            if (!Double.isNaN(last[i])) {
                both += (i - x / count) * (last[i] - y / count);
                squares += (i - x / count) * (i - x / count);
            }
        }
        double slope = squares > 0 ? both / squares : 0;
        for (int i = 0; i < last.length; i++) {
            last[i] -= y / count + slope * (i - x / count);
        }
        return last;
    }
}
