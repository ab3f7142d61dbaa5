package lstmgpu.backend.cpu;

/** Slots i, f, g, o. */
final class LstmTiles extends CellTiles {
    LstmTiles(RnnWorkspace work) {
        super(work);
    }

    @Override
    void forward(Worker worker, int layer, int step, long at, float[] h, int n) {
        long block = work.unitBlock();
        float[] state = further(worker, 0);
        work.cell[layer].read(step * block + at, state, 0, n);
        CellMath.lstm(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                state,
                h,
                n);
        work.cell[layer].write(state, 0, (step + 1) * block + at, n);
    }

    @Override
    boolean forwardAtOnce(int layer, int step, long at, long n) {
        if (!NativeCellMath.runsHere()) {
            return false;
        }
        NativeCellMath.lstm(work, layer, step, at, n);
        return true;
    }

    @Override
    boolean backwardAtOnce(int layer, int step, long at, long n) {
        if (!NativeCellMath.runsHere()) {
            return false;
        }
        NativeCellMath.lstmBack(work, layer, step, at, n);
        return true;
    }

    @Override
    void backward(Worker worker, int layer, int step, long at, float[] dh, int n) {
        long block = work.unitBlock();
        float[] before = further(worker, 0);
        float[] carried = further(worker, 1);
        float[] state = further(worker, 2);
        work.madeCell(layer).read((step + 1) * block + at, state, 0, n);
        work.cell[layer].read(step * block + at, before, 0, n);
        readCarry(step, at, carried, n);
        CellMath.lstmGrad(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                state,
                before,
                dh,
                carried,
                n);
        work.carry.write(carried, 0, at, n);
    }
}
