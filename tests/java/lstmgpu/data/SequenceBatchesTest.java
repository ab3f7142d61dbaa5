package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches of sequences of their own lengths. */
class SequenceBatchesTest {
    private static final int BATCH = 7;
    private static final int[] LENGTHS =
            new SplittableRandom(3).ints(701, 20, 401).toArray();

    private static SequenceBatches batches() {
        return new SequenceBatches(LENGTHS, BATCH, 5);
    }

    @Test
    void everySequenceComesOnceAnEpochAndHasRoom() {
        SequenceBatches batches = batches();
        assertEquals(100, batches.batches());
        int[] widths = batches.widths();
        for (int number = 0; number < 3; number++) {
            SequenceBatches.Epoch epoch = batches.epoch(number);
            assertEquals(700, Arrays.stream(epoch.order()).distinct().count());
            for (int i = 0; i < epoch.order().length; i++) {
                assertTrue(LENGTHS[epoch.order()[i]] <= widths[epoch.widths()[i / BATCH]]);
            }
        }
    }

    @Test
    void littleIsPadding() {
        SequenceBatches batches = batches();
        int[] widths = batches.widths();
        assertTrue(widths.length <= SequenceBatches.MOST_WIDTHS);
        assertEquals(Arrays.stream(LENGTHS).max().orElseThrow(), widths[widths.length - 1]);
        SequenceBatches.Epoch epoch = batches.epoch(0);
        long steps = Arrays.stream(epoch.widths())
                .mapToLong(width -> (long) BATCH * widths[width])
                .sum();
        long read = Arrays.stream(epoch.order()).mapToLong(i -> LENGTHS[i]).sum();
        assertTrue(steps < 1.2 * read, () -> steps + " steps for " + read);
    }

    /** The figures of docs/design.md. */
    @Test
    void anEighthOfLengthsThatAreEvenlySpreadIsPadding() {
        int[] lengths = new SplittableRandom(1).ints(4000, 20, 401).toArray();
        SequenceBatches batches = new SequenceBatches(lengths, 64, 1);
        SequenceBatches.Epoch epoch = batches.epoch(0);
        double steps = Arrays.stream(epoch.widths())
                .mapToLong(width -> 64L * batches.widths()[width])
                .sum();
        double read = Arrays.stream(epoch.order()).mapToLong(i -> lengths[i]).sum();
        assertEquals(0.13, 1 - read / steps, 0.01);
        assertEquals(0.48, 1 - read / (400.0 * epoch.order().length), 0.01);
    }

    /** Otherwise batches of short sequences would come first in every epoch. */
    @Test
    void theOrderIsThatOfTheSeedAndTheEpoch() {
        int[] first = batches().epoch(0).order();
        assertArrayEquals(first, batches().epoch(0).order());
        assertFalse(Arrays.equals(first, batches().epoch(1).order()));
        assertFalse(Arrays.equals(
                first, new SequenceBatches(LENGTHS, BATCH, 6).epoch(0).order()));
        int[] widths = batches().epoch(0).widths();
        assertFalse(IntStream.range(1, widths.length).allMatch(i -> widths[i - 1] <= widths[i]));
    }

    /** Of a few lengths the widths are the best there are, which a search over all choices tells. */
    @Test
    void widthsAreThoseWithTheFewestSteps() {
        int[] lengths = {1, 2, 3, 10, 11, 12, 30, 31, 32, 33, 90, 91};
        SequenceBatches batches = new SequenceBatches(lengths, 1, 0);
        int[] widths = batches.widths();
        assertEquals(SequenceBatches.MOST_WIDTHS, widths.length);
        int best = Integer.MAX_VALUE;
        for (int choice = 0; choice < 1 << lengths.length; choice++) {
            int picked = choice;
            int[] some = IntStream.range(0, lengths.length)
                    .filter(i -> (picked >> i & 1) == 1)
                    .map(i -> lengths[i])
                    .toArray();
            if (some.length <= SequenceBatches.MOST_WIDTHS && some.length > 0 && some[some.length - 1] == 91) {
                best = Math.min(best, steps(lengths, some));
            }
        }
        assertEquals(best, steps(lengths, widths));
    }

    private static int steps(int[] lengths, int... widths) {
        return Arrays.stream(lengths)
                .map(length -> Arrays.stream(widths)
                        .filter(width -> width >= length)
                        .findFirst()
                        .orElseThrow())
                .sum();
    }

    @Test
    void sequencesOfOneLengthHaveOneWidth() {
        int[] even = new int[50];
        Arrays.fill(even, 48);
        SequenceBatches batches = new SequenceBatches(even, 8, 0);
        assertArrayEquals(new int[] {48}, batches.widths());
        assertTrue(batches.areEven());
        assertFalse(batches().areEven());
        assertThrows(IllegalArgumentException.class, () -> new SequenceBatches(even, 51, 0));
    }
}
