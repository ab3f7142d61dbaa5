package lstmgpu.backend.cpu;

import lstmgpu.backend.CellTensor;

/** Rounds what a weight matrix's gradient multiplies with, the layer's inputs or states; a worker does some steps. */
final class RoundedStates implements WorkerPool.Task {
    private final RnnWorkspace work;
    private int layer;
    private CellTensor tensor;

    RoundedStates(RnnWorkspace work) {
        this.work = work;
    }

    /** @param matrix whose gradient it is */
    RoundedStates of(int nextLayer, CellTensor matrix) {
        layer = nextLayer;
        tensor = matrix;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int columns =
                switch (tensor) {
                    case RECURRENT_WEIGHT -> work.shown;
                    case PROJECTION_WEIGHT -> work.units;
                    default -> work.inputOf(layer);
                };
        int sequences = work.sequences;
        Bfloat16Factor factor = work.factors.states.shape(columns, sequences);
        for (int step = worker.from(work.steps, 1); step < worker.to(work.steps, 1); step++) {
            long source =
                    switch (tensor) {
                        case RECURRENT_WEIGHT -> work.hidden[layer].address(step * work.shownBlock());
                        case PROJECTION_WEIGHT -> work.unprojected[layer].address(work.cellOutputAt(step));
                        default -> work.inputAddress(layer, step);
                    };
            factor.roundRows(step, 0, columns, sequences, source, sequences);
        }
    }
}
