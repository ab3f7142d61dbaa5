package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.store.MetricsFile;
import org.junit.jupiter.api.Test;

class HeldOutTrendTest {
    private static final double NONE = Double.NaN;

    /** A row every hundred steps. */
    private static HeldOutTrend of(double... losses) {
        List<MetricsFile.Row> rows = new ArrayList<>();
        for (double loss : losses) {
            rows.add(new MetricsFile.Row(100L * rows.size() + 100, 0, 0, 1, loss, 0, 0, 0, 0, 0));
        }
        return HeldOutTrend.of(rows);
    }

    @Test
    void twoEvaluationsAreNeeded() {
        assertEquals(HeldOutTrend.UNKNOWN, of());
        assertEquals(HeldOutTrend.UNKNOWN, of(NONE, 2, NONE));
        assertEquals(HeldOutTrend.FALLING, of(NONE, 2, NONE, 1.9));
    }

    @Test
    void fallingIsJudgedOverTheSecondHalf() {
        assertEquals(HeldOutTrend.FALLING, of(3, 2.5, 2.2, 2.1, 2.0, 1.95, 1.93, 1.90, 1.89, 1.889));
        assertEquals(HeldOutTrend.LEVEL, of(3, 2.5, 2.2, 1.95, 1.94, 1.93, 1.92, 1.91, 1.90, 1.889));
    }

    @Test
    void risingIsClearlyAboveTheLowest() {
        assertEquals(HeldOutTrend.RISING, of(3, 2, 1.8, 1.9, 2.0));
        assertEquals(HeldOutTrend.LEVEL, of(3, 2, 1.8, 1.801, 1.803), "evaluations differ a little");
        assertEquals(HeldOutTrend.LEVEL, of(3, 1.81, 1.8, 1.801, 1.802));
    }
}
