package lstmgpu.backend.cpu;

/** h = W_hr·m of a step (Sak 2014), where m is what the cells made of c; a worker does some of h. */
final class StateProjection implements WorkerPool.Task {
    private static final int ROWS = 8;

    private final RnnWorkspace work;
    private int layer;
    private int step;

    StateProjection(RnnWorkspace work) {
        this.work = work;
    }

    StateProjection of(int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.shown, ROWS);
        int rows = worker.to(work.shown, ROWS) - from;
        if (rows <= 0) {
            return;
        }
        int sequences = work.sequences;
        int units = work.units;
        long weights = work.parameters.address(work.tensors[layer].projection() + (long) from * units);
        long factor = work.unprojected[layer].address(work.cellOutputAt(step));
        long at = (step + 1) * work.shownBlock() + (long) from * sequences;
        long result = work.hidden[layer].address(at);
        if (work.writesTexts()) {
            work.hidden[layer].clear(at, (long) rows * sequences);
            LaneProduct.Rows lanes = worker.blas().laneRows().of(rows, weights, units, result, sequences);
            worker.blas().multiplyLanes(lanes, sequences, units, factor, sequences);
            return;
        }
        worker.blas()
                .multiply(
                        Blas.Transposed.NONE,
                        rows,
                        sequences,
                        units,
                        weights,
                        units,
                        factor,
                        sequences,
                        0f,
                        result,
                        sequences);
    }
}
