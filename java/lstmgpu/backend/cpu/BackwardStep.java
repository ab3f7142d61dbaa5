package lstmgpu.backend.cpu;

/**
 * One step of a layer backwards: dh += W_hhᵀ·(gradients of the next step's gates), then the cell's gradient; by units.
 */
class BackwardStep extends CellStep {
    private static final int UNITS = 8;

    BackwardStep(RnnWorkspace work, LayerNormLstm norms) {
        this(work, norms, UNITS);
    }

    BackwardStep(RnnWorkspace work, LayerNormLstm norms, int unitsAtATime) {
        super(work, norms, true, unitsAtATime);
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        if (step == work.steps - 1) {
            return;
        }
        int sequences = work.sequences;
        long result = work.dHidden.address(step * work.unitBlock() + (long) from * sequences);
        for (RnnWorkspace.Run run : work.recurrentRuns) {
            long rows = work.recurrentTransposed.address((long) from * work.gateRows + run.weightRow());
            long next = work.gates[layer].address(work.gatesAt(step + 1) + (long) run.slotRow() * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            sequences,
                            run.rows(),
                            rows,
                            work.gateRows,
                            next,
                            sequences,
                            1f,
                            result,
                            sequences);
        }
    }

    @Override
    final void cells(Worker worker, long at, long end) {
        if (!tiles.backwardAtOnce(layer, step, at, end - at)) {
            super.cells(worker, at, end);
        }
    }

    @Override
    final void cell(Worker worker, long at, int n) {
        readGates(worker, at, n);
        float[] dh = hidden(worker);
        work.dHidden.read(step * work.unitBlock() + at, dh, 0, n);
        tiles.backward(worker, layer, step, at, dh, n);
        writeGates(worker, at, n);
    }
}
