package lstmgpu.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import lstmgpu.backend.Philox;

/**
 * Steps of random lengths over a text that is read on, so that not always the same tokens come last and get no gradient
 * from what follows (Merity, Keskar and Socher 2017, arXiv 1708.02182, section 5): of L tokens, or, in one step of
 * twenty, of half as many. The lengths near L lie normally about it with a deviation of 5 tokens; since a training step
 * is prepared for every length, the normal distribution is told by the middles of its four quarters. So with L = 64 a
 * step reads 58, 62, 66 or 70 tokens, and 32 now and then.
 *
 * <p>Every epoch has the same number of steps, as many as nearly always fit; where they would reach too far, the last
 * ones are short ones.
 */
public final class StepLengths {
    private static final double HALF = 0.05;
    private static final double DEVIATION = 5;

    /** Where L is short, its share that stands for the deviation. */
    private static final double SHORT_DEVIATION = 1 / 7.0;

    /** The middles of the quarters of the normal distribution, in deviations. */
    private static final double[] MIDDLES = {-1.1503, -0.3186, 0.3186, 1.1503};

    /** So many deviations of the sum of an epoch's lengths are left free. */
    private static final double MARGIN = 3;

    private final int usual;
    private final long seed;

    /** What a draw of one of the quarters means, and as the last one that of the half. */
    private final int[] drawn;

    /** The lengths there are, rising. */
    private final int[] forms;

    private int number = -1;
    private Epoch epoch;

    /**
     * The steps of an epoch.
     *
     * @param forms which of {@link #forms()} each has
     * @param places how many tokens of its sequence come before each in this epoch
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Epoch(int[] forms, int[] places) {}

    /** @param usual L, at least 1 */
    public StepLengths(int usual, long seed) {
        this.usual = usual;
        this.seed = seed;
        double deviation = Math.min(DEVIATION, usual * SHORT_DEVIATION);
        int[] quarters = Arrays.stream(MIDDLES)
                .mapToInt(middle -> Math.max(1, (int) Math.round(usual + middle * deviation)))
                .toArray();
        drawn = IntStream.concat(Arrays.stream(quarters), IntStream.of(Math.max(1, usual / 2)))
                .toArray();
        forms = Arrays.stream(drawn).sorted().distinct().toArray();
    }

    /** T of the steps that there are, rising. */
    public int[] forms() {
        return forms.clone();
    }

    public int longest() {
        return forms[forms.length - 1];
    }

    /** The mean of a step's T. */
    public double mean() {
        return IntStream.range(0, drawn.length)
                .mapToDouble(i -> probability(i) * drawn[i])
                .sum();
    }

    private double probability(int draw) {
        return draw == MIDDLES.length ? HALF : (1 - HALF) / MIDDLES.length;
    }

    /**
     * How many steps an epoch has.
     *
     * @param sequence tokens of a sequence, at least as many as the longest step reads
     */
    long stepsPerEpoch(long sequence) {
        double mean = mean();
        double variance = IntStream.range(0, drawn.length)
                .mapToDouble(i -> probability(i) * (drawn[i] - mean) * (drawn[i] - mean))
                .sum();
        return Math.max(1, (long) ((sequence - MARGIN * Math.sqrt(variance * sequence / mean)) / mean));
    }

    /**
     * The steps of an epoch, always the same ones for a seed.
     *
     * @param steps that it has
     * @param sequence tokens of a sequence
     */
    public Epoch epoch(int which, int steps, long sequence) {
        if (which != number || epoch.forms.length != steps) {
            epoch = newEpoch(which, steps, sequence);
            number = which;
        }
        return epoch;
    }

    private Epoch newEpoch(int which, int steps, long sequence) {
        int[] lengths = new int[steps];
        int[] words = new int[4];
        for (int step = 0; step < steps; step++) {
            if (step % words.length == 0) {
                Philox.block(seed, Philox.LENGTHS, which, step / words.length, words, 0);
            }
            lengths[step] = length(Integer.toUnsignedLong(words[step % words.length]) * 0x1p-32);
        }
        long over = Arrays.stream(lengths).asLongStream().sum() - sequence;
        for (int step = steps - 1; over > 0; step--) {
            over -= lengths[step] - forms[0];
            lengths[step] = forms[0];
        }
        int[] places = new int[steps];
        for (int step = 1; step < steps; step++) {
            places[step] = places[step - 1] + lengths[step - 1];
        }
        return new Epoch(
                Arrays.stream(lengths)
                        .map(length -> Arrays.binarySearch(forms, length))
                        .toArray(),
                places);
    }

    /** @param uniform in [0, 1) */
    private int length(double uniform) {
        return uniform < HALF ? drawn[MIDDLES.length] : drawn[(int) ((uniform - HALF) / (1 - HALF) * MIDDLES.length)];
    }

    /** T/L of one of the forms, by which a step's learning rate is multiplied: it has as many gradients to follow. */
    public double share(int form) {
        return (double) forms[form] / usual;
    }
}
