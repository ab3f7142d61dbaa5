package lstmgpu.backend.cpu;

import java.util.stream.Stream;
import lstmgpu.backend.Cell;

/** A stretch of the rows of W_hh and the slot rows that belong to it. */
record RecurrentRun(int weightRow, int slotRow, int rows) {
    /** All rows of a cell; those of split gates do not meet the slots that W_ih fills. */
    static RecurrentRun[] of(Cell cell, int units) {
        int rows = cell.gates() * units;
        int split = cell.splitGates() * units;
        int together = rows - split;
        return Stream.of(new RecurrentRun(0, 0, together), new RecurrentRun(together, rows, split))
                .filter(run -> run.rows() > 0)
                .toArray(RecurrentRun[]::new);
    }
}
