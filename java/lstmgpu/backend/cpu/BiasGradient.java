package lstmgpu.backend.cpu;

import java.util.Arrays;

/**
 * Adds the gradients of a layer's biases and peepholes, summed over the steps in order; a worker does some of the rows.
 */
final class BiasGradient implements WorkerPool.Task {
    private static final int ROWS = 16;
    private static final long NONE = -1;

    private final RnnWorkspace work;
    private final PeepholeGradient peepholes;
    private int layer;

    BiasGradient(RnnWorkspace work) {
        this.work = work;
        this.peepholes = new PeepholeGradient(work);
    }

    BiasGradient of(int nextLayer) {
        layer = nextLayer;
        return this;
    }

    @Override
    public void run(Worker worker) {
        peepholes.run(worker, layer);
        int to = worker.to(work.gateRows, ROWS);
        boolean fromTable = layer == 0 && work.readsTable();
        LayerTensors at = work.tensors[layer];
        for (int row = worker.from(work.gateRows, ROWS); row < to; row += ROWS) {
            int rows = Math.min(ROWS, to - row);
            for (RecurrentRun run : work.recurrentRuns) {
                int first = Math.max(row, run.weightRow());
                int last = Math.min(row + rows, run.weightRow() + run.rows());
                if (first < last) {
                    int slotRow = first - run.weightRow() + run.slotRow();
                    // Only a split last gate has another slot for what the recurrent bias is added to.
                    boolean apart = !fromTable && slotRow != first;
                    long input = at.inputBias() + first;
                    long recurrent = at.recurrentBias() + first;
                    addSums(worker, slotRow, last - first, recurrent, fromTable || apart ? NONE : input);
                    if (apart) {
                        addSums(worker, first, last - first, input, NONE);
                    }
                }
            }
        }
    }

    /** @param second another tensor that they are added to, or NONE */
    private void addSums(Worker worker, int slotRow, int rows, long tensor, long second) {
        if (GateRows.suit(work)) {
            GateRows.addSums(work, layer, slotRow, rows, tensor, second);
            return;
        }
        double[] sums = rowSums(worker, slotRow, rows);
        add(sums, rows, tensor);
        if (second != NONE) {
            add(sums, rows, second);
        }
    }

    private double[] rowSums(Worker worker, int slotRow, int rows) {
        int sequences = work.sequences;
        float[] tile = worker.tile(0, rows * sequences);
        double[] sums = worker.sums(rows);
        Arrays.fill(sums, 0, rows, 0);
        for (int step = 0; step < work.steps; step++) {
            work.gates[layer].read(work.gatesAt(step) + (long) slotRow * sequences, tile, 0, rows * sequences);
            for (int r = 0; r < rows; r++) {
                sums[r] += VectorMath.sum(tile, r * sequences, (r + 1) * sequences);
            }
        }
        return sums;
    }

    private void add(double[] sums, int rows, long tensor) {
        for (int r = 0; r < rows; r++) {
            work.gradients.setFloat(tensor + r, (float) (work.gradients.getFloat(tensor + r) + sums[r]));
        }
    }
}
