package lstmgpu.backend.cpu;

/**
 * Rounds what a layer begins with: its weights, which going back are transposed, what it reads and its first h. A
 * worker does some of the units and some of the steps.
 */
final class RoundedLayer implements WorkerPool.Task {
    /** Rows or columns of a group of a factor. */
    static final int UNITS = 16;

    private final RnnWorkspace work;
    private int layer;
    private boolean back;

    RoundedLayer(RnnWorkspace work) {
        this.work = work;
    }

    RoundedLayer forward(int nextLayer) {
        layer = nextLayer;
        back = false;
        return this;
    }

    RoundedLayer backward(int nextLayer) {
        layer = nextLayer;
        back = true;
        return this;
    }

    @Override
    public void run(Worker worker) {
        RnnFactors factors = work.factors;
        LayerTensors at = work.tensors[layer];
        boolean hasInputs = layer > 0 || !work.readsTable();
        int inputs = work.inputOf(layer);
        if (back) {
            transpose(worker, factors.recurrentWeight, at.recurrentWeight(), work.shown);
            if (factors.projection != null) {
                factors.projection.transpose(work, worker, at.projection());
            }
            if (hasInputs) {
                transpose(worker, factors.inputWeight, at.inputWeight(), inputs);
            }
            return;
        }
        round(worker, factors.recurrentWeight, at.recurrentWeight(), work.shown);
        if (factors.projection != null) {
            factors.projection.round(work, worker, at.projection());
        }
        if (hasInputs) {
            round(worker, factors.inputWeight, at.inputWeight(), inputs);
            roundInputs(worker, inputs);
        }
        if (worker.share() == 0) {
            long first = work.hidden[layer].address(0);
            factors.hidden.roundColumns(0, 0, 0, work.shown, work.sequences, first, work.sequences);
        }
    }

    private void round(Worker worker, Bfloat16Factor factor, long tensor, int columns) {
        factor.shape(work.factors.gateRows(), columns);
        int from = worker.from(work.units, UNITS);
        int units = worker.to(work.units, UNITS) - from;
        for (int gate = 0; gate < work.shape.cell().gates() && units > 0; gate++) {
            long rows = work.parameters.address(tensor + (long) (gate * work.units + from) * columns);
            factor.roundRows(0, gate * work.factors.units + from, units, columns, rows, columns);
        }
    }

    private void transpose(Worker worker, Bfloat16Factor factor, long tensor, int columns) {
        factor.shape(columns, work.factors.gateRows());
        int from = worker.from(columns, UNITS);
        int some = worker.to(columns, UNITS) - from;
        for (int gate = 0; gate < work.shape.cell().gates() && some > 0; gate++) {
            long rows = work.parameters.address(tensor + (long) gate * work.units * columns + from);
            factor.roundColumns(0, from, gate * work.factors.units, work.units, some, rows, columns);
        }
    }

    private void roundInputs(Worker worker, int inputs) {
        int sequences = work.sequences;
        Bfloat16Factor factor = work.factors.inputs.shape(sequences, inputs);
        for (int step = worker.from(work.steps, 1); step < worker.to(work.steps, 1); step++) {
            factor.roundColumns(step, 0, 0, inputs, sequences, work.inputAddress(layer, step), sequences);
        }
    }
}
