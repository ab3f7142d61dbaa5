package lstmgpu.backend.cpu;

import java.util.Arrays;
import lstmgpu.backend.RnnInput;

/** dTable[token,:] += the first layer's gate gradients, a segmented sum over the steps in order; by gate rows. */
final class TableGradient implements WorkerPool.Task {
    private static final int ROWS = 16;

    private final RnnWorkspace work;

    TableGradient(RnnWorkspace work) {
        this.work = work;
    }

    @Override
    public void run(Worker worker) {
        if (!(work.input instanceof RnnInput.Table input) || !(input.dTable() instanceof CpuBuffer dTable)) {
            return;
        }
        int from = worker.from(work.gateRows, ROWS);
        int to = worker.to(work.gateRows, ROWS);
        if (GateRows.suit(work)) {
            GateRows.addToTable(worker, work, input, from, to - from);
            return;
        }
        for (int row = from; row < to; row += ROWS) {
            addRows(worker, dTable, row, Math.min(ROWS, to - row));
        }
    }

    private void addRows(Worker worker, CpuBuffer dTable, int row, int rows) {
        int sequences = work.sequences;
        int vocabulary = work.spec.tableSize();
        float[] sums = worker.tile(1, rows * vocabulary);
        Arrays.fill(sums, 0, rows * vocabulary, 0f);
        float[] tile = worker.tile(0, rows * sequences);
        for (int step = 0; step < work.steps; step++) {
            work.gates[0].read(work.gatesAt(step) + (long) row * sequences, tile, 0, rows * sequences);
            for (int sequence = 0; sequence < sequences; sequence++) {
                int at = work.tokens[step * sequences + sequence] * rows;
                for (int r = 0; r < rows; r++) {
                    sums[at + r] += tile[r * sequences + sequence];
                }
            }
        }
        float[] old = worker.tile(2, rows);
        for (int v = 0; v < vocabulary; v++) {
            long at = (long) v * work.gateRows + row;
            dTable.read(at, old, 0, rows);
            for (int r = 0; r < rows; r++) {
                old[r] += sums[v * rows + r];
            }
            dTable.write(old, 0, at, rows);
        }
    }
}
