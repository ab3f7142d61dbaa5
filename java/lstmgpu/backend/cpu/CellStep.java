package lstmgpu.backend.cpu;

/** One step of a layer: a product, then the cell; a worker does both for some of the units. */
abstract class CellStep implements WorkerPool.Task {
    final RnnWorkspace work;
    final CellTiles tiles;
    private final int unitsAtATime;
    int layer;
    int step;

    /** @param unitsAtATime a worker has a multiple of so many units, except the last */
    CellStep(RnnWorkspace work, int unitsAtATime) {
        this.work = work;
        this.unitsAtATime = unitsAtATime;
        this.tiles = CellTiles.of(work);
    }

    final CellStep of(int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        return this;
    }

    @Override
    public final void run(Worker worker) {
        int from = worker.from(work.units, unitsAtATime);
        int to = worker.to(work.units, unitsAtATime);
        if (from >= to) {
            return;
        }
        multiply(worker, from, to);
        cells(worker, (long) from * work.sequences, (long) to * work.sequences);
        finish(from, to);
    }

    /** The cells of neighbouring pairs of unit and sequence, from one to before another. */
    void cells(Worker worker, long from, long to) {
        for (long at = from; at < to; at += Worker.TILE) {
            cell(worker, at, (int) Math.min(Worker.TILE, to - at));
        }
    }

    /** The product with the recurrent matrix, for units from one to before another. */
    abstract void multiply(Worker worker, int from, int to);

    /** The cell of n neighbouring pairs of unit and sequence. */
    abstract void cell(Worker worker, long at, int n);

    /** What is left to do for these units after their cells. */
    void finish(int from, int to) {}

    /** The tile of h', or of its gradient, behind those of the gates' slots. */
    final float[] hidden(Worker worker) {
        return worker.tile(work.slots, Worker.TILE);
    }

    /** Reads the slots of n pairs' gates into the first tiles. */
    final void readGates(Worker worker, long at, int n) {
        for (int slot = 0; slot < work.slots; slot++) {
            work.gates[layer].read(gatesAt(slot, at), worker.tile(slot, Worker.TILE), 0, n);
        }
    }

    /** Writes them back. */
    final void writeGates(Worker worker, long at, int n) {
        for (int slot = 0; slot < work.slots; slot++) {
            work.gates[layer].write(worker.tile(slot, Worker.TILE), 0, gatesAt(slot, at), n);
        }
    }

    private long gatesAt(int slot, long at) {
        return work.gatesAt(step) + at + slot * work.unitBlock();
    }
}
