package lstmgpu.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RateRangeTest {
    /** Falls around the middle of the range and rises at its end. */
    private static double loss(int step) {
        return 3 - 2 / (1 + Math.exp(-(step - 100) / 10.0)) + 20 / (1 + Math.exp(-(step - 180) / 3.0));
    }

    private static RateRange test(int steps) {
        RateRange range = new RateRange(1e-5, 1, 201);
        for (int step = 1; step <= steps; step++) {
            range.accept(step, loss(step));
        }
        return range;
    }

    @Test
    void theRateGoesUpByTheSameFactorFromEndToEnd() {
        RateRange range = new RateRange(1e-5, 1, 201);
        for (int step = 1; step <= 201; step++) {
            range.accept(step, 1);
        }
        assertEquals(1e-5, range.points().getFirst().rate(), 1e-17);
        assertEquals(Math.sqrt(1e-5), range.points().get(100).rate(), 1e-12);
        assertEquals(1, range.points().getLast().rate(), 1e-12);
        assertEquals(1, range.points().get(7).smooth(), 1e-12, "the mean of equal losses is theirs from the first on");
        assertNull(range.finding(), "nothing fell");
        assertFalse(range.diverged());
    }

    @Test
    void theSteepestPointIsFoundAndTheEndIsNoticed() {
        RateRange range = test(201);
        assertTrue(range.diverged());
        assertTrue(range.points().size() < 201, "what comes after four times the lowest does not count");
        RateRange.Finding finding = range.finding();
        assertTrue(Math.abs(finding.steepest().step() - 105) <= 15, finding.toString());
        assertTrue(
                finding.lowest().step() > finding.steepest().step()
                        && finding.lowest().step() < 190,
                finding.toString());
    }

    @Test
    void aLossThatIsNoNumberOrComesAgainEndsTheTest() {
        RateRange range = test(50);
        assertFalse(range.diverged());
        range.accept(51, Double.NaN);
        assertTrue(range.diverged());
        assertEquals(50, range.points().size());
        RateRange back = test(50);
        back.accept(31, loss(31));
        assertTrue(back.diverged(), "the run has gone back");
    }
}
