package lstmgpu.backend.cpu;

import lstmgpu.backend.Cell;

/** One step of a layer: gates += W_hh·h, then the cell; a worker does some of the units, product and cell alike. */
final class ForwardStep extends CellStep {
    ForwardStep(RnnWorkspace work) {
        super(work);
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        int lanes = work.lanes;
        int units = work.units;
        long before = work.hidden[layer].address(step * work.unitBlock());
        long weight = work.tensors[layer].recurrentWeight();
        for (int gate = 0; gate < work.shape.cell().gates(); gate++) {
            int slot = work.shape.cell() == Cell.GRU && gate == 2 ? 3 : gate;
            long rows = work.parameters.address(weight + (long) (gate * units + from) * units);
            long result = work.gates[layer].address(work.gatesAt(step) + (long) (slot * units + from) * lanes);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            lanes,
                            units,
                            rows,
                            units,
                            before,
                            lanes,
                            1f,
                            result,
                            lanes);
        }
    }

    @Override
    void cell(Worker worker, long at, int n) {
        long block = work.unitBlock();
        readGates(worker, at, n);
        float[] first = worker.tile(0, Worker.TILE);
        float[] second = worker.tile(1, Worker.TILE);
        float[] third = worker.tile(2, Worker.TILE);
        float[] fourth = worker.tile(3, Worker.TILE);
        float[] state = worker.tile(4, Worker.TILE);
        float[] h = worker.tile(5, Worker.TILE);
        switch (work.shape.cell()) {
            case LSTM -> {
                work.cell[layer].read(step * block + at, state, 0, n);
                CellMath.lstm(first, second, third, fourth, state, h, n);
                work.cell[layer].write(state, 0, (step + 1) * block + at, n);
            }
            case GRU -> {
                work.hidden[layer].read(step * block + at, h, 0, n);
                CellMath.gru(first, second, third, fourth, h, n);
            }
            case RNN_TANH -> {
                VectorMath.tanh(first, first, n);
                System.arraycopy(first, 0, h, 0, n);
            }
            case RNN_RELU -> {
                CellMath.relu(first, n);
                System.arraycopy(first, 0, h, 0, n);
            }
        }
        if (work.spec.training()) {
            writeGates(worker, at, n);
        }
        work.hidden[layer].write(h, 0, (step + 1) * block + at, n);
    }
}
