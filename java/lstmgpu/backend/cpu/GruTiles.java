package lstmgpu.backend.cpu;

/** Slots r, z, n and q = W_hn·h + b_hn. */
final class GruTiles extends CellTiles {
    GruTiles(RnnWorkspace work) {
        super(work);
    }

    @Override
    void forward(Worker worker, int layer, int step, long at, float[] h, int n) {
        work.hidden[layer].read(step * work.unitBlock() + at, h, 0, n);
        CellMath.gru(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                h,
                n);
    }

    @Override
    void backward(Worker worker, int layer, int step, long at, float[] dh, int n) {
        float[] before = further(worker, 0);
        float[] carried = further(worker, 1);
        work.hidden[layer].read(step * work.unitBlock() + at, before, 0, n);
        readCarry(step, at, carried, n);
        VectorMath.add(dh, carried, n);
        CellMath.gruGrad(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                before,
                dh,
                n);
        work.carry.write(dh, 0, at, n);
    }

    @Override
    boolean forwardAtOnce(int layer, int step, long at, long n) {
        if (!NativeCellMath.runsHere()) {
            return false;
        }
        NativeCellMath.gru(work, layer, step, at, n);
        return true;
    }

    @Override
    boolean backwardAtOnce(int layer, int step, long at, long n) {
        if (!NativeCellMath.runsHere()) {
            return false;
        }
        NativeCellMath.gruBack(work, layer, step, at, n);
        return true;
    }
}
