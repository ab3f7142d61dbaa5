package lstmgpu.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far forecasts may miss, learnt from data that was held out while the network was trained (split conformal
 * prediction; Papadopoulos 2002, Lei 2018). A miss is measured by what is usual so many steps ahead, so that the misses
 * of all steps are one sample; the band of a level reaches as far as that share of them.
 *
 * @param usual the mean absolute miss of each step of the horizon, in scaled values
 * @param misses by what is usual, rising
 * @param count of misses that there were before they were thinned out
 */
public record Conformal(List<Double> usual, List<Double> misses, long count) {
    private static final int KEPT = 1_000;
    private static final double LEAST = 1e-9;

    public Conformal {
        usual = List.copyOf(usual);
        misses = List.copyOf(misses);
    }

    /**
     * @param residuals [forecasts][horizon], scaled; NaN where nothing came to compare with
     * @return null without any
     */
    static Conformal of(List<double[]> residuals, int horizon) {
        double[] sums = new double[horizon];
        long[] counts = new long[horizon];
        for (double[] residual : residuals) {
            for (int step = 0; step < horizon; step++) {
                if (!Double.isNaN(residual[step])) {
                    sums[step] += Math.abs(residual[step]);
                    counts[step]++;
                }
            }
        }
        Double[] usual = new Double[horizon];
        for (int step = 0; step < horizon; step++) {
            double before = step == 0 ? LEAST : usual[step - 1];
            usual[step] = counts[step] == 0 ? Double.valueOf(before) : Math.max(LEAST, sums[step] / counts[step]);
        }
        double[] misses = residuals.stream()
                .flatMapToDouble(residual -> IntStream.range(0, horizon)
                        .filter(step -> !Double.isNaN(residual[step]))
                        .mapToDouble(step -> Math.abs(residual[step]) / usual[step]))
                .sorted()
                .toArray();
        return misses.length == 0
                ? null
                : new Conformal(
                        List.of(usual), Arrays.stream(thinned(misses)).boxed().toList(), misses.length);
    }

    private static double[] thinned(double... sorted) {
        if (sorted.length <= KEPT) {
            return sorted;
        }
        double[] kept = new double[KEPT];
        for (int i = 0; i < KEPT; i++) {
            kept[i] = sorted[(int) ((long) i * (sorted.length - 1) / (KEPT - 1))];
        }
        return kept;
    }

    /** Misses that the band of a level needs, so that (n+1)/n of the level is not more than all of them. */
    static long needed(double level) {
        return (long) Math.ceil(level / (1 - level) - LEAST);
    }

    /**
     * How far the band of a level reaches to either side, in scaled values.
     *
     * @param step of the horizon, from 0
     * @param level such as 0.8
     */
    public double reach(int step, double level) {
        // The share (n+1)/n of the level, since what comes is one more of the sample.
        double share = Math.min(1, level * (count + 1) / count);
        double place = share * (misses.size() - 1);
        int below = (int) place;
        int above = Math.min(misses.size() - 1, below + 1);
        double miss = misses.get(below) + (place - below) * (misses.get(above) - misses.get(below));
        return miss * usual.get(step);
    }
}
