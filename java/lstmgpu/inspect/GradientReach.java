package lstmgpu.inspect;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import lstmgpu.Count;

/**
 * How far back the loss of a token reaches in a layer.
 *
 * @param layer counted from 0
 * @param means of the norm of ∂loss_t/∂h_{t−k} over the places, by distance k
 * @param medians the same, of which half the places have more
 */
@SuppressWarnings("ArrayRecordComponent")
public record GradientReach(int layer, double[] means, double[] medians) {
    /** Below this share of the norm at distance 0 a gradient counts as vanished. */
    public static final double VANISHED = 0.01;

    /** Above this multiple of the norm at distance 0 it counts as exploding. */
    private static final double EXPLODING = 2;

    /** Of a share. */
    public static final double PERCENT = 100;

    /** @param norms as {@link GradientTrace#norms} has them, of a place or more */
    public static GradientReach of(double[][][] norms, int layer) {
        int distances = norms[0][layer].length;
        double[] means = new double[distances];
        double[] medians = new double[distances];
        for (int k = 0; k < distances; k++) {
            double[] sorted = new double[norms.length];
            for (int place = 0; place < norms.length; place++) {
                sorted[place] = norms[place][layer][k];
            }
            Arrays.sort(sorted);
            means[k] = Arrays.stream(sorted).sum() / sorted.length;
            medians[k] = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }
        return new GradientReach(layer, means, medians);
    }

    /** Distances for a table: closer together near the step itself, with the farthest at the end. */
    public static int[] shown(int farthest) {
        return IntStream.concat(
                        IntStream.of(0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700)
                                .filter(distance -> distance < farthest),
                        IntStream.of(farthest))
                .toArray();
    }

    /** The farthest distance. */
    public int farthest() {
        return means.length - 1;
    }

    /** The mean norm at a distance as a share of that at distance 0. */
    public double share(int distance) {
        return means[distance] / means[0];
    }

    /** The first distance at which the share is below {@link #VANISHED}; -1 if there is none. */
    public int vanishesAt() {
        return IntStream.rangeClosed(0, farthest())
                .filter(k -> share(k) < VANISHED)
                .findFirst()
                .orElse(-1);
    }

    private int largest() {
        return IntStream.rangeClosed(0, farthest()).reduce(0, (best, k) -> means[k] > means[best] ? k : best);
    }

    /** In one sentence. */
    public String sentence() {
        int most = largest();
        int end = vanishesAt();
        if (!(share(most) <= EXPLODING)) {
            return format(
                    "layer %d: the gradient grows to %.3g times its size %s back: it explodes",
                    layer, share(most), tokens(most));
        }
        if (end >= 0) {
            return format(
                    "layer %d: the gradient is below 1 %% of its size from %s back on: it vanishes",
                    layer, tokens(end));
        }
        return format(
                "layer %d: the gradient still has %.1f %% of its size %s back, the farthest looked at",
                layer, PERCENT * share(farthest()), tokens(farthest()));
    }

    private static String tokens(int count) {
        return Count.of(count, "token");
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
