package lstmgpu.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepLengthsTest {
    private static final long SEED = 5;

    @Test
    void theLengthsAreThoseOfThePaper() {
        StepLengths lengths = new StepLengths(70, SEED);
        assertArrayEquals(new int[] {35, 64, 68, 72, 76}, lengths.forms());
        assertEquals(0.95 * 70 + 0.05 * 35, lengths.mean(), 1e-9);
        assertEquals(0.5, lengths.share(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 10, 64, 1000})
    void everyEpochFitsIntoItsSequence(int usual) {
        StepLengths lengths = new StepLengths(usual, SEED);
        for (long sequence : new long[] {lengths.longest(), 3L * lengths.longest() + 1, 200L * usual + 17}) {
            int steps = (int) lengths.stepsPerEpoch(sequence);
            for (int number = 0; number < 20; number++) {
                StepLengths.Epoch epoch = lengths.epoch(number, steps, sequence);
                int[] forms = lengths.forms();
                int end = 0;
                for (int step = 0; step < steps; step++) {
                    assertEquals(end, epoch.places()[step]);
                    end += forms[epoch.forms()[step]];
                }
                assertTrue(end <= sequence, "an epoch of " + end + " tokens in a sequence of " + sequence);
            }
        }
    }

    @Test
    void everyLengthComesAsOftenAsItShould() {
        StepLengths lengths = new StepLengths(64, SEED);
        int steps = 40_000;
        int[] forms = lengths.epoch(3, steps, Long.MAX_VALUE / 2).forms();
        long[] counts = IntStream.range(0, 5)
                .mapToLong(form -> Arrays.stream(forms).filter(f -> f == form).count())
                .toArray();
        assertEquals(0.05, (double) counts[0] / steps, 0.005);
        for (int form = 1; form < counts.length; form++) {
            assertEquals(0.95 / 4, (double) counts[form] / steps, 0.01);
        }
    }

    @Test
    void littleOfAnEpochIsLeftUnread() {
        StepLengths lengths = new StepLengths(64, SEED);
        long sequence = 15_000;
        int steps = (int) lengths.stepsPerEpoch(sequence);
        StepLengths.Epoch epoch = lengths.epoch(0, steps, sequence);
        assertTrue(epoch.places()[steps - 1] > 0.95 * sequence);
    }

    @Test
    void epochsAndSeedsDifferAndAreKept() {
        StepLengths lengths = new StepLengths(64, SEED);
        int[] first = lengths.epoch(0, 100, 10_000).forms();
        int[] second = lengths.epoch(1, 100, 10_000).forms();
        assertFalse(Arrays.equals(first, second));
        assertArrayEquals(first, lengths.epoch(0, 100, 10_000).forms());
        assertFalse(Arrays.equals(
                first, new StepLengths(64, SEED + 1).epoch(0, 100, 10_000).forms()));
    }
}
