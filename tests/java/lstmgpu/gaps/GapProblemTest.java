package lstmgpu.gaps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GapProblemTest {
    private static final int SEQUENCES = 300;

    private static Examples draw(GapTask task, int length) {
        return task.problem().draw(length, SEQUENCES, new SplittableRandom(3));
    }

    @Test
    void theFirstSymbolIsTheClassAndTheOthersAreNoise() {
        Examples drawn = draw(GapTask.FIRST, 30);
        assertEquals(30 * SEQUENCES, drawn.tokens().length);
        assertArrayEquals(drawn.classes(), Arrays.copyOf(drawn.tokens(), SEQUENCES));
        assertEquals(0.5, Arrays.stream(drawn.classes()).average().orElseThrow(), 0.1);
        int[] noise = Arrays.copyOfRange(drawn.tokens(), SEQUENCES, drawn.tokens().length);
        assertArrayEquals(
                new int[] {2, 3, 4, 5}, Arrays.stream(noise).distinct().sorted().toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 40})
    void twoMarkedNumbersOfTheFirstHalfAreAdded(int length) {
        Examples drawn = draw(GapTask.ADDING, length);
        double squares = 0;
        for (int b = 0; b < SEQUENCES; b++) {
            int sequence = b;
            int[] marked = IntStream.range(0, length)
                    .filter(t -> drawn.features()[2 * (t * SEQUENCES + sequence) + 1] == 1)
                    .toArray();
            assertEquals(2, marked.length);
            assertTrue(marked[0] < 10 && marked[1] < Math.max(2, length / 2), Arrays.toString(marked));
            float sum = 0;
            for (int t : marked) {
                sum += drawn.features()[2 * (t * SEQUENCES + b)];
            }
            int last = (length - 1) * SEQUENCES + b;
            assertEquals(sum, drawn.values()[last]);
            assertEquals(length, drawn.weights()[last]);
            squares += Math.pow(sum - 1, 2) / SEQUENCES;
        }
        assertEquals(GapTask.ADDING.problem().chance(), squares, 0.04, "the error of always saying the mean");
    }

    @Test
    void symbolsAreRepeatedAfterTheGap() {
        Examples drawn = draw(GapTask.COPY, 20);
        int counted = 0;
        for (int i = 0; i < drawn.classes().length; i++) {
            if (drawn.weights()[i] > 0) {
                assertEquals(drawn.tokens()[i - 20 * SEQUENCES], drawn.classes()[i]);
                assertTrue(drawn.tokens()[i] >= 4, "what is read meanwhile does not tell it");
                counted++;
            }
        }
        assertEquals(3 * SEQUENCES, counted);
    }

    /** So that a mean of all losses is that of those that count. */
    @ParameterizedTest
    @EnumSource(GapTask.class)
    void weightsAddUpToTheirNumber(GapTask task) {
        float[] weights = draw(task, 25).weights();
        if (weights != null) {
            double sum = IntStream.range(0, weights.length)
                    .mapToDouble(i -> weights[i])
                    .sum();
            assertEquals(weights.length, sum, 0.01);
        }
    }

    @ParameterizedTest
    @EnumSource(GapTask.class)
    void everySeedHasItsOwnSequences(GapTask task) {
        Examples one = task.problem().draw(12, 4, new SplittableRandom(1));
        Examples same = task.problem().draw(12, 4, new SplittableRandom(1));
        Examples other = task.problem().draw(12, 4, new SplittableRandom(2));
        assertArrayEquals(one.tokens(), same.tokens());
        assertArrayEquals(one.features(), same.features());
        assertNotEquals(
                Arrays.toString(one.tokens()) + Arrays.toString(one.features()),
                Arrays.toString(other.tokens()) + Arrays.toString(other.features()));
    }

    @Test
    void onlyAnswersThatCountAreRightOrWrong() {
        Examples examples = new Examples(null, null, new int[] {1, 2, 3, 0}, null, new float[] {0, 2, 2, 0});
        assertEquals(0.5, examples.right(new int[] {0, 2, 1, 0}));
        Examples classes = new Examples(null, null, new int[] {1, 0, 1, 0}, null, null);
        assertEquals(0.75, classes.right(new int[] {1, 0, 1, 1}));
    }
}
