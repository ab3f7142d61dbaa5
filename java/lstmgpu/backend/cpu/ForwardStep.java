package lstmgpu.backend.cpu;

/** One step of a layer: gates += W_hh·h, then the cell; a worker does some of the units, product and cell alike. */
class ForwardStep extends CellStep {
    private static final int UNITS = 8;

    ForwardStep(RnnWorkspace work, LayerNormLstm norms) {
        this(work, norms, UNITS);
    }

    ForwardStep(RnnWorkspace work, LayerNormLstm norms, int unitsAtATime) {
        super(work, norms, false, unitsAtATime);
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        if (work.writesTexts()) {
            multiplyLanes(worker, from, to);
            return;
        }
        int sequences = work.sequences;
        int units = work.units;
        int columns = work.shown;
        long before = work.hidden[layer].address(step * work.shownBlock());
        long weight = work.tensors[layer].recurrentWeight();
        int gates = work.shape.cell().gates();
        for (int gate = 0; gate < gates; gate++) {
            int slot = work.hiddenSlot(gate);
            long rows = work.parameters.address(weight + (long) (gate * units + from) * columns);
            long result = work.gates[layer].address(work.gatesAt(step) + (long) (slot * units + from) * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            sequences,
                            columns,
                            rows,
                            columns,
                            before,
                            sequences,
                            1f,
                            result,
                            sequences);
        }
    }

    /** All gates that meet neighbouring slots in one product. */
    private void multiplyLanes(Worker worker, int from, int to) {
        int sequences = work.sequences;
        int units = work.units;
        int columns = work.shown;
        long weight = work.tensors[layer].recurrentWeight();
        for (RecurrentRun run : work.recurrentRuns) {
            LaneProduct.Rows rows = worker.blas()
                    .laneRows()
                    .of(
                            run.rows() / units,
                            to - from,
                            work.parameters.address(weight + (long) (run.weightRow() + from) * columns),
                            columns,
                            (long) units * columns,
                            work.gates[layer].address((long) (run.slotRow() + from) * sequences),
                            sequences,
                            work.unitBlock());
            worker.blas().multiplyLanes(rows, sequences, columns, work.hidden[layer].address(0), sequences);
        }
    }

    @Override
    final void cells(Worker worker, long at, long end) {
        if (!tiles.forwardAtOnce(layer, step, at, end - at)) {
            super.cells(worker, at, end);
        }
    }

    @Override
    final void cell(Worker worker, long at, int n) {
        readGates(worker, at, n);
        float[] h = hidden(worker);
        tiles.forward(worker, layer, step, at, h, n);
        if (work.spec.training()) {
            writeGates(worker, at, n);
        }
        work.cellOutput(layer).write(h, 0, work.cellOutputAt(step) + at, n);
    }
}
