package lstmgpu.backend.cpu;

import java.util.Arrays;

/** Slots i, f, g, o; peepholes of i, f and o. */
final class PeepholeLstmTiles extends CellTiles {
    PeepholeLstmTiles(RnnWorkspace work) {
        super(work);
    }

    @Override
    void forward(Worker worker, int layer, int step, long at, float[] h, int n) {
        long block = work.unitBlock();
        float[] state = further(worker, 0);
        work.cell[layer].read(step * block + at, state, 0, n);
        CellMath.peepholeLstm(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                peephole(worker, 1, layer, 0, at, n),
                peephole(worker, 2, layer, 1, at, n),
                peephole(worker, 3, layer, 2, at, n),
                state,
                h,
                n);
        work.cell[layer].write(state, 0, (step + 1) * block + at, n);
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
        CellMath.peepholeLstmGrad(
                worker.tile(0, Worker.TILE),
                worker.tile(1, Worker.TILE),
                worker.tile(2, Worker.TILE),
                worker.tile(3, Worker.TILE),
                peephole(worker, 3, layer, 0, at, n),
                peephole(worker, 4, layer, 1, at, n),
                peephole(worker, 5, layer, 2, at, n),
                state,
                before,
                dh,
                carried,
                n);
        work.carry.write(carried, 0, at, n);
    }

    /** A gate's weight of c for each of n pairs, in one of the further tiles. */
    private float[] peephole(Worker worker, int tile, int layer, int gate, long at, int n) {
        float[] spread = further(worker, tile);
        long first = work.tensors[layer].peepholes() + (long) gate * work.units;
        if (work.singleSequence()) {
            work.parameters.read(first + at, spread, 0, n);
            return spread;
        }
        for (int k = 0; k < n; ) {
            long unit = (at + k) / work.sequences;
            int end = (int) Math.min(n, (unit + 1) * work.sequences - at);
            Arrays.fill(spread, k, end, work.parameters.getFloat(first + unit));
            k = end;
        }
        return spread;
    }
}
