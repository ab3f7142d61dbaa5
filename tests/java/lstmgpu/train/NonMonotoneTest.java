package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The mean of the weights begins where the rule of NT-ASGD says. */
class NonMonotoneTest {
    private static NonMonotone of(Averaging.Kind kind, int after) {
        return new NonMonotone(new Averaging(kind, 0.9f, after));
    }

    /** Where it begins, with a step for each loss; the state goes through a new object after each. */
    private static int start(int after, List<Double> losses) {
        NonMonotone rule = of(Averaging.Kind.ASGD, after);
        for (int i = 0; i < losses.size(); i++) {
            boolean waited = rule.start() == NonMonotone.NOT_YET;
            boolean begins = rule.evaluated(i + 1, losses.get(i));
            assertEquals(begins, waited && rule.start() == i + 1);
            NonMonotone resumed = of(Averaging.Kind.ASGD, after);
            resumed.restore(rule.state());
            rule = resumed;
        }
        return rule.start();
    }

    /** The condition as the code of AWD-LSTM has it: val_loss > min(best_val_loss[:-nonmono]). */
    private static int expected(int after, List<Double> losses) {
        for (int i = after + 1; i < losses.size(); i++) {
            double lowest = losses.subList(0, i - after).stream()
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElseThrow();
            if (losses.get(i) > lowest) {
                return i + 1;
            }
        }
        return NonMonotone.NOT_YET;
    }

    @Test
    void theLastLossesDoNotCount() {
        assertEquals(4, start(1, List.of(3.0, 2.0, 1.0, 2.5)));
        assertEquals(NonMonotone.NOT_YET, start(2, List.of(3.0, 2.0, 1.0, 2.5)));
        assertEquals(NonMonotone.NOT_YET, start(1, List.of(3.0, 2.0, 2.0, 2.0)), "no worse is no reason");
    }

    @Test
    void itBeginsWhereAwdLstmBegins() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            int after = 1 + random.nextInt(5);
            List<Double> losses = random.doubles(random.nextInt(12)).boxed().toList();
            assertEquals(expected(after, losses), start(after, losses), losses.toString());
        }
    }

    @Test
    void anExponentialAverageBeginsWithTheRunAndNoneNever() {
        assertEquals(0, of(Averaging.Kind.EMA, 1).start());
        NonMonotone off = of(Averaging.Kind.OFF, 1);
        for (int i = 0; i < 9; i++) {
            assertFalse(off.evaluated(i, i));
        }
        assertEquals(NonMonotone.NOT_YET, off.start());
    }
}
