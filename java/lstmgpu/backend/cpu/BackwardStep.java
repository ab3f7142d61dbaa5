package lstmgpu.backend.cpu;

/**
 * One step of a layer backwards: dh += W_hhᵀ·(gradients of the next step's gates), then the cell's gradient; by units.
 * Where h is projected, {@link HiddenGradient} has done the first for all of h, and W_hrᵀ·dh comes before the cell.
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
        if (!work.shape.projects()) {
            HiddenGradient.multiply(work, worker, layer, step, from, to);
            return;
        }
        int sequences = work.sequences;
        worker.blas()
                .multiply(
                        Blas.Transposed.NONE,
                        to - from,
                        sequences,
                        work.shown,
                        work.projectionTransposed.address((long) from * work.shown),
                        work.shown,
                        work.dHidden.address(step * work.shownBlock()),
                        sequences,
                        0f,
                        work.dUnprojected.address((long) from * sequences),
                        sequences);
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
        work.cellSlopes().read(work.cellSlopesAt(step) + at, dh, 0, n);
        tiles.backward(worker, layer, step, at, dh, n);
        writeGates(worker, at, n);
    }
}
