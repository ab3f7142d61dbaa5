package lstmgpu.backend.cpu;

import java.util.Arrays;

/** Adds dW_ih, dW_hh and the biases' gradients of a layer, summed over the steps in order; a worker does some of the gate rows. */
final class LayerGradient implements WorkerPool.Task {
    private static final int ROWS = 16;
    private static final long NONE = -1;

    private final RnnWorkspace work;
    private int layer;

    LayerGradient(RnnWorkspace work) {
        this.work = work;
    }

    LayerGradient of(int nextLayer) {
        layer = nextLayer;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.gateRows, ROWS);
        int to = worker.to(work.gateRows, ROWS);
        if (from >= to) {
            return;
        }
        boolean fromTable = layer == 0 && work.readsTable();
        RnnWorkspace.Tensors at = work.tensors[layer];
        if (!fromTable) {
            int inputs = work.inputOf(layer);
            multiply(worker, from, from, to - from, inputs, at.inputWeight(), false);
        }
        for (RnnWorkspace.Run run : work.recurrentRuns) {
            int first = Math.max(from, run.weightRow());
            int last = Math.min(to, run.weightRow() + run.rows());
            if (first < last) {
                int slotRow = first - run.weightRow() + run.slotRow();
                multiply(worker, first, slotRow, last - first, work.units, at.recurrentWeight(), true);
                boolean shared = slotRow == first && !fromTable;
                addRowSums(worker, first, slotRow, last - first, at.recurrentBias(), shared ? at.inputBias() : NONE);
                if (slotRow != first && !fromTable) {
                    addRowSums(worker, first, first, last - first, at.inputBias(), NONE);
                }
            }
        }
    }

    /** dW[row..row+rows, columns] += Σ over t of the slots' gradients · (input or state)ᵀ. */
    private void multiply(Worker worker, int row, int slotRow, int rows, int columns, long tensor, boolean recurrent) {
        long result = work.gradients.address(tensor + (long) row * columns);
        int lanes = work.lanes;
        if (work.singleLane()) {
            long gates = work.gates[layer].address(slotRow);
            int stride = work.slots * work.units;
            long factor = factor(recurrent, 0);
            worker.blas()
                    .multiply(
                            Blas.Transposed.FIRST,
                            rows,
                            columns,
                            work.steps,
                            gates,
                            stride,
                            factor,
                            columns,
                            1f,
                            result,
                            columns);
            return;
        }
        for (int step = 0; step < work.steps; step++) {
            long gates = work.gates[layer].address(work.gatesAt(step) + (long) slotRow * lanes);
            worker.blas()
                    .multiply(
                            Blas.Transposed.SECOND,
                            rows,
                            columns,
                            lanes,
                            gates,
                            lanes,
                            factor(recurrent, step),
                            lanes,
                            1f,
                            result,
                            columns);
        }
    }

    private long factor(boolean recurrent, int step) {
        return recurrent ? work.hidden[layer].address(step * work.unitBlock()) : work.inputAddress(layer, step);
    }

    /** Adds the sums over steps and lanes to a bias, and to a second one unless that is NONE. */
    private void addRowSums(Worker worker, int row, int slotRow, int rows, long tensor, long second) {
        int lanes = work.lanes;
        for (int done = 0; done < rows; done += ROWS) {
            int some = Math.min(ROWS, rows - done);
            float[] tile = worker.tile(0, some * lanes);
            double[] sums = worker.sums(some);
            Arrays.fill(sums, 0, some, 0);
            for (int step = 0; step < work.steps; step++) {
                work.gates[layer].read(work.gatesAt(step) + (long) (slotRow + done) * lanes, tile, 0, some * lanes);
                for (int r = 0; r < some; r++) {
                    sums[r] += VectorMath.sum(tile, r * lanes, (r + 1) * lanes);
                }
            }
            for (int r = 0; r < some; r++) {
                addTo(tensor + row + done + r, sums[r]);
                if (second != NONE) {
                    addTo(second + row + done + r, sums[r]);
                }
            }
        }
    }

    private void addTo(long place, double sum) {
        work.gradients.setFloat(place, (float) (work.gradients.getFloat(place) + sum));
    }
}
