package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/** Every cell with units that keep what they had: drawn, or as expected; training, judging or writing texts. */
final class ZoneoutCases {
    private static final float CELL = 0.4f;
    private static final float HIDDEN = 0.2f;

    private ZoneoutCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            float kept = cell.hasCellState() ? CELL : 0;
            Zoneout drawn = Zoneout.drawn(kept, HIDDEN, data.seed());
            Zoneout expected = Zoneout.expected(kept, HIDDEN);
            boolean table = !cell.normalises();
            RnnShape two = new RnnShape(cell, 2, 7, 33);
            RnnShape one = new RnnShape(cell, 1, 33, 7);
            // Whole batches and shares of larger ones.
            cases.add(new RnnCase(two, 7, 7, 0.3f, true, 0, data.seed() & ~1).keeping(drawn));
            cases.add(new RnnCase(two, 7, 7, 0.3f, true, 0, data.seed() | 1).keeping(drawn));
            cases.add(new RnnCase(one, 7, 33, 0, true, table ? 7 : 0, data.seed()).keeping(drawn));
            cases.add(new RnnCase(one, 7, 7, 0, true, 0, data.seed()).keeping(expected));
            cases.add(new RnnCase(two, 7, 33, 0, false, table ? 7 : 0, data.seed()).keeping(expected));
            // Steps of one text, and of many.
            cases.add(new RnnCase(new RnnShape(cell, 2, 33, 64), 1, 1, 0, false, 0, data.seed()).keeping(expected));
            cases.add(new RnnCase(two, 1, 33, 0, false, table ? 33 : 0, data.seed()).keeping(expected));
            RnnShape both = new RnnShape(cell, 2, 7, 33, true);
            cases.add(new BoundedRnnCase(both, 7, 7, 0.3f, true, 0, data.seed()).keeping(drawn));
            cases.add(new BoundedRnnCase(both, 7, 7, 0, false, 0, data.seed()).keeping(expected));
            cases.add(new BoundedRnnCase(one, 7, 7, 0, true, 0, data.seed()).keeping(drawn));
        }
        RnnShape shape = new RnnShape(Cell.LSTM, 1, 7, 33);
        cases.add(new RnnCase(shape, 7, 7, 0, true, 0, data.seed()).keeping(Zoneout.drawn(CELL, 0, data.seed())));
        cases.add(new RnnCase(shape, 7, 7, 0, true, 0, data.seed()).keeping(Zoneout.drawn(0, HIDDEN, data.seed())));
        return cases;
    }
}
