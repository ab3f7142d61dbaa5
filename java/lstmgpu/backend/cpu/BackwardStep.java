package lstmgpu.backend.cpu;

import java.util.Arrays;

/** One step of a layer backwards: dh += W_hhᵀ·(gradients of the next step's gates), then the cell's gradient; by units. */
final class BackwardStep extends CellStep {
    BackwardStep(RnnWorkspace work) {
        super(work);
    }

    @Override
    void multiply(Worker worker, int from, int to) {
        if (step == work.steps - 1) {
            return;
        }
        int lanes = work.lanes;
        long result = work.dHidden.address(step * work.unitBlock() + (long) from * lanes);
        for (RnnWorkspace.Run run : work.recurrentRuns) {
            long rows = work.recurrentTransposed.address((long) from * work.gateRows + run.weightRow());
            long next = work.gates[layer].address(work.gatesAt(step + 1) + (long) run.slotRow() * lanes);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            lanes,
                            run.rows(),
                            rows,
                            work.gateRows,
                            next,
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
        float[] dh = worker.tile(4, Worker.TILE);
        float[] before = worker.tile(5, Worker.TILE);
        float[] carried = worker.tile(6, Worker.TILE);
        work.dHidden.read(step * block + at, dh, 0, n);
        switch (work.shape.cell()) {
            case LSTM -> {
                float[] state = worker.tile(7, Worker.TILE);
                work.cell[layer].read((step + 1) * block + at, state, 0, n);
                work.cell[layer].read(step * block + at, before, 0, n);
                readCarry(at, carried, n);
                CellMath.lstmGrad(first, second, third, fourth, state, before, dh, carried, n);
                work.carry.write(carried, 0, at, n);
            }
            case GRU -> {
                work.hidden[layer].read(step * block + at, before, 0, n);
                readCarry(at, carried, n);
                VectorMath.add(dh, carried, n);
                CellMath.gruGrad(first, second, third, fourth, before, dh, n);
                work.carry.write(dh, 0, at, n);
            }
            case RNN_TANH -> CellMath.tanhGrad(first, dh, n);
            case RNN_RELU -> CellMath.reluGrad(first, dh, n);
        }
        writeGates(worker, at, n);
    }

    /** Nothing comes from beyond the last step. */
    private void readCarry(long at, float[] carried, int n) {
        if (step == work.steps - 1) {
            Arrays.fill(carried, 0, n, 0f);
        } else {
            work.carry.read(at, carried, 0, n);
        }
    }
}
