package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void theMoreTextsTheLongerTokensAreGathered() {
        int[] texts = {0, 1, 3, 4, 7, 8, 16, 31, 32, 63, 64, 128};
        List<Integer> expected = List.of(0, 0, 0, 1, 1, 2, 4, 4, 8, 8, 16, 16);
        assertEquals(
                expected, IntStream.of(texts).map(Pace::milliseconds).boxed().toList());
    }

    private static long next(long now, int texts) {
        Pace pace = Pace.ofStream();
        pace.left(now, texts);
        return pace.notBefore();
    }

    @Test
    void theFirstTokenLeavesAtOnce() {
        assertTrue(Pace.ofStream().notBefore() - System.nanoTime() <= 0);
    }

    @Test
    void whoIsAmongFewIsNotHeldUp() {
        for (long now : new long[] {-5 * MILLI, 0, 123_456_789}) {
            assertEquals(now, next(now, 3));
        }
    }

    @Test
    void nothingWaitsLongerThanItsPeriodAndStreamsLeaveTogether() {
        for (int texts : new int[] {4, 8, 16, 32, 64, 128}) {
            long period = Pace.milliseconds(texts) * MILLI;
            for (long now = -40 * MILLI; now < 40 * MILLI; now += 333_333) {
                long next = next(now, texts);
                assertTrue(next > now && next <= now + period, texts + " at " + now + ": " + next);
                assertEquals(0, Math.floorMod(next, period));
            }
        }
    }

    @Test
    void whatIsGivenAsAWholeWaitsForItsEnd() {
        Pace pace = Pace.ofWhole();
        pace.left(System.nanoTime(), 1);
        assertTrue(pace.notBefore() - System.nanoTime() > 1e9 * 3600);
    }
}
