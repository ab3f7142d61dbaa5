package lstmgpu.backend.cpu;

/** One step of a layer: a product, then the cell; a worker does both for some of the units. */
abstract class CellStep implements WorkerPool.Task {
    final RnnWorkspace work;
    /** Null where units see each other. */
    final CellTiles tiles;

    /** Whose cells come between the products of all units and what is left to do; null where there is no such rest. */
    private final LayerNormLstm norms;

    private final boolean back;
    private final int unitsAtATime;
    private Part part = Part.ALL;
    int layer;
    int step;

    /** What of a step the workers are to do. */
    private enum Part {
        ALL,
        PRODUCT,
        REST
    }

    /**
     * @param norms null where units see only their own gates
     * @param unitsAtATime a worker has a multiple of so many units, except the last
     */
    CellStep(RnnWorkspace work, LayerNormLstm norms, boolean back, int unitsAtATime) {
        this.work = work;
        this.norms = norms;
        this.back = back;
        this.unitsAtATime = unitsAtATime;
        this.tiles = norms == null ? CellTiles.of(work) : null;
    }

    /** Makes it a task that others run: the whole step, or the products of one whose cells come in a task behind. */
    final void inOneTask(int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        part = norms == null ? Part.ALL : Part.PRODUCT;
    }

    /** Runs it: product and cell unit by unit, or, where units see each other, the cells behind all products. */
    final void runIn(WorkerPool pool, int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        if (norms == null) {
            pool.run(this);
            return;
        }
        part = Part.PRODUCT;
        pool.run(this);
        pool.run(norms.of(layer, step, back));
        part = Part.REST;
        pool.run(this);
    }

    @Override
    public final void run(Worker worker) {
        int from = worker.from(work.units, unitsAtATime);
        int to = worker.to(work.units, unitsAtATime);
        if (from >= to) {
            return;
        }
        long first = (long) from * work.sequences;
        long end = (long) to * work.sequences;
        if (part != Part.REST) {
            multiply(worker, from, to);
            if (back && work.zoneout != null) {
                work.zoneout.backward(worker, layer, step, first, end);
            }
        }
        if (part == Part.ALL) {
            cells(worker, first, end);
        }
        if (part != Part.PRODUCT) {
            if (!back && work.zoneout != null) {
                work.zoneout.forward(worker, layer, step, first, end);
            }
            finish(from, to);
        }
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
