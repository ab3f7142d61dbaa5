package lstmgpu.backend.cpu;

/** Rounds what a weight matrix's gradient multiplies with, the layer's inputs or states; a worker does some steps. */
final class RoundedStates implements WorkerPool.Task {
    private final RnnWorkspace work;
    private int layer;
    private boolean recurrent;

    RoundedStates(RnnWorkspace work) {
        this.work = work;
    }

    RoundedStates of(int nextLayer, boolean ofRecurrent) {
        layer = nextLayer;
        recurrent = ofRecurrent;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int columns = recurrent ? work.units : work.inputOf(layer);
        int sequences = work.sequences;
        Bfloat16Factor factor = work.factors.states.shape(columns, sequences);
        for (int step = worker.from(work.steps, 1); step < worker.to(work.steps, 1); step++) {
            long source =
                    recurrent ? work.hidden[layer].address(step * work.unitBlock()) : work.inputAddress(layer, step);
            factor.roundRows(step, 0, columns, sequences, source, sequences);
        }
    }
}
