package lstmgpu.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Sequences of their own lengths in batches of similar lengths, so that little of a batch is padding. Which sequences
 * come together and which batch comes when the seed and the epoch decide, so that a run can go on in the middle of an
 * epoch.
 */
public final class SequenceBatches {
    /** A step of training is prepared, with memory of its own, for each of so many widths at most. */
    static final int MOST_WIDTHS = 6;

    private static final int MOST_CANDIDATES = 64;

    private final int[] lengths;
    private final int batch;
    private final long seed;
    private final int[] widths;

    /**
     * @param lengths of the sequences, each at least 1
     * @param batch B, at most as many as there are sequences
     */
    public SequenceBatches(int[] lengths, int batch, long seed) {
        if (batch < 1 || batch > lengths.length) {
            throw new IllegalArgumentException("a batch of %d out of %d sequences".formatted(batch, lengths.length));
        }
        this.lengths = lengths.clone();
        this.batch = batch;
        this.seed = seed;
        this.widths = widths(longest());
    }

    /**
     * The sequences of an epoch.
     *
     * @param order of its sequences, B for each batch
     * @param widths which of {@link SequenceBatches#widths} each batch has
     */
    public record Epoch(int[] order, int[] widths) {}

    /** T of the batches, rising; the last one is that of the longest sequence. */
    public int[] widths() {
        return widths.clone();
    }

    /** Batches of an epoch; the sequences that do not fill one are left to the next epochs. */
    public int batches() {
        return lengths.length / batch;
    }

    /** The lengths of all sequences. */
    public int[] lengths() {
        return lengths.clone();
    }

    /** Whether all sequences have the same length. */
    public boolean areEven() {
        return Arrays.stream(lengths).allMatch(length -> length == lengths[0]);
    }

    /** The sequences of an epoch, from 0 on. */
    public Epoch epoch(int number) {
        SplittableRandom random = new SplittableRandom(seed ^ (0x9E3779B97F4A7C15L * (number + 1L)));
        int[] shuffled = shuffled(lengths.length, random);
        int[] sorted = sorted(Arrays.stream(shuffled, 0, batches() * batch));
        int[] order = new int[sorted.length];
        int[] chosen = new int[batches()];
        int place = 0;
        for (int source : shuffled(batches(), random)) {
            System.arraycopy(sorted, source * batch, order, place * batch, batch);
            chosen[place] = widthOf(lengths[sorted[(source + 1) * batch - 1]]);
            place++;
        }
        return new Epoch(order, chosen);
    }

    /**
     * Every sequence once, short ones first; the last batch is filled up with repetitions of its last sequence.
     */
    public Epoch all() {
        int[] sorted = sorted(IntStream.range(0, lengths.length));
        int[] order = Arrays.copyOf(sorted, Math.ceilDiv(sorted.length, batch) * batch);
        Arrays.fill(order, sorted.length, order.length, sorted[sorted.length - 1]);
        int[] chosen = new int[order.length / batch];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = widthOf(lengths[order[(i + 1) * batch - 1]]);
        }
        return new Epoch(order, chosen);
    }

    private int[] sorted(IntStream sequences) {
        return sequences
                .boxed()
                .sorted(Comparator.comparingInt(sequence -> lengths[sequence]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The least width that has room for a length. */
    private int widthOf(int length) {
        int found = Arrays.binarySearch(widths, length);
        return found >= 0 ? found : -found - 1;
    }

    private static int[] shuffled(int count, SplittableRandom random) {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            numbers[i] = numbers[j];
            numbers[j] = i;
        }
        return numbers;
    }

    /** The longest sequence of each batch, rising, were they sorted by length. */
    private int[] longest() {
        int[] sorted = lengths.clone();
        Arrays.sort(sorted);
        int rest = lengths.length - batches() * batch;
        int[] longest = new int[batches()];
        for (int i = 0; i < longest.length; i++) {
            longest[i] = sorted[rest + (i + 1) * batch - 1];
        }
        return longest;
    }

    /** Widths with which the steps of all batches are fewest, chosen among the batches' longest sequences. */
    private static int[] widths(int[] longest) {
        int[] candidates = candidates(longest);
        int count = candidates.length;
        long[] batches = new long[count]; // that have room in a candidate
        for (int i = 0, j = 0; i < count; i++) {
            while (j < longest.length && longest[j] <= candidates[i]) {
                j++;
            }
            batches[i] = j;
        }
        int most = Math.min(MOST_WIDTHS, count);
        long[][] steps = new long[most][count]; // of the batches up to a candidate, which is the last of so many widths
        int[][] before = new int[most][count];
        for (int used = 0; used < most; used++) {
            for (int i = 0; i < count; i++) {
                steps[used][i] = batches[i] * candidates[i];
                before[used][i] = -1;
                for (int j = 0; used > 0 && j < i; j++) {
                    long sum = steps[used - 1][j] + (batches[i] - batches[j]) * candidates[i];
                    if (sum < steps[used][i]) {
                        steps[used][i] = sum;
                        before[used][i] = j;
                    }
                }
            }
        }
        List<Integer> chosen = new ArrayList<>();
        for (int i = count - 1, used = most - 1; i >= 0; used--) {
            chosen.addFirst(candidates[i]);
            i = before[used][i];
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Different lengths, rising, the largest included; of many an even selection. */
    private static int[] candidates(int[] rising) {
        int[] different = Arrays.stream(rising).distinct().toArray();
        int count = Math.min(MOST_CANDIDATES, different.length);
        int[] candidates = new int[count];
        for (int i = 0; i < count; i++) {
            candidates[i] = different[(int) ((long) (i + 1) * different.length / count) - 1];
        }
        return candidates;
    }
}
