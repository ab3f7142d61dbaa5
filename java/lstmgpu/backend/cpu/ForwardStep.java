package lstmgpu.backend.cpu;

/** One step of a layer: gates += W_hh·h, then the cell; a worker does some of the units, product and cell alike. */
class ForwardStep extends CellStep {
    private static final int UNITS = 8;

    ForwardStep(RnnWorkspace work) {
        this(work, UNITS);
    }

    ForwardStep(RnnWorkspace work, int unitsAtATime) {
        super(work, unitsAtATime);
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        int sequences = work.sequences;
        int units = work.units;
        long before = work.hidden[layer].address(step * work.unitBlock());
        long weight = work.tensors[layer].recurrentWeight();
        int gates = work.shape.cell().gates();
        boolean split = work.shape.cell().splitsLastGate();
        for (int gate = 0; gate < gates; gate++) {
            int slot = split && gate == gates - 1 ? gates : gate;
            long rows = work.parameters.address(weight + (long) (gate * units + from) * units);
            long result = work.gates[layer].address(work.gatesAt(step) + (long) (slot * units + from) * sequences);
            if (work.writesTexts()) {
                worker.blas()
                        .multiplyLanes(to - from, sequences, units, rows, units, before, sequences, result, sequences);
                continue;
            }
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            sequences,
                            units,
                            rows,
                            units,
                            before,
                            sequences,
                            1f,
                            result,
                            sequences);
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
        work.hidden[layer].write(h, 0, (step + 1) * work.unitBlock() + at, n);
    }
}
