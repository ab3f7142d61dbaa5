package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LossWatchTest {
    @Test
    void aLossThatIsNotFiniteIsNeverSound() {
        for (double loss : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            assertFalse(new LossWatch(Math.log(65)).accept(0, loss));
            LossWatch later = new LossWatch(Math.log(65));
            assertTrue(later.accept(0, 4));
            assertFalse(later.accept(1, loss));
        }
    }

    @Test
    void oneSpikeIsForgivenAnExplosionIsNot() {
        LossWatch watch = new LossWatch(Math.log(65));
        assertTrue(watch.accept(0, 4.2));
        assertTrue(watch.accept(1, 100));
        assertTrue(watch.accept(2, 4));
        int step = 3;
        while (step < 100 && watch.accept(step, 30)) {
            step++;
        }
        assertTrue(step < 60, "a loss of 30 nats over 65 tokens was taken for sound for " + step + " steps");
    }

    @Test
    void meansRunSinceTheyWereLastTaken() {
        LossWatch watch = new LossWatch(Math.log(65));
        watch.accept(0, 1);
        watch.accept(1, 3);
        assertEquals(2, watch.takeRow());
        watch.accept(2, 5);
        assertEquals(5, watch.takeRow());
        assertEquals(3, watch.takeEvaluation());
        assertEquals(3, watch.takeReport());
        assertTrue(Double.isNaN(watch.takeReport()));
    }
}
