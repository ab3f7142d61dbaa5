package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    private static EarlyStopping stopping(int patience, double minDelta) {
        return new EarlyStopping(new TrainingSettings.Validation(0, patience, minDelta));
    }

    @Test
    void endsAfterSoManyEvaluationsInARowWithoutABetterLoss() {
        EarlyStopping stopping = stopping(2, 0);
        assertTrue(stopping.evaluated(10, 3));
        assertFalse(stopping.evaluated(20, 3), "an equal loss is no better one");
        assertTrue(stopping.evaluated(30, 2.9));
        assertFalse(stopping.evaluated(40, 3.5));
        assertFalse(stopping.exhausted());
        assertFalse(stopping.evaluated(50, 2.9));
        assertTrue(stopping.exhausted());
        assertEquals(2.9, stopping.state().best());
        assertEquals(30, stopping.state().bestStep());
    }

    @Test
    void theBestIsTheLowestEvenWhereItIsNotBetterByTheMinimum() {
        EarlyStopping stopping = stopping(2, 0.1);
        stopping.evaluated(1, 2);
        assertFalse(stopping.evaluated(2, 1.95));
        assertEquals(1.95, stopping.state().best());
        assertTrue(stopping.evaluated(3, 1.89), "small steps add up against the reference");
        assertFalse(stopping.exhausted());
    }

    @Test
    void withoutPatienceItNeverEnds() {
        EarlyStopping stopping = stopping(0, 0);
        for (int step = 0; step < 100; step++) {
            stopping.evaluated(step, 1);
        }
        assertFalse(stopping.exhausted());
    }
}
