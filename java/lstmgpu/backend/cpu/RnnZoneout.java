package lstmgpu.backend.cpu;

import java.util.Arrays;
import java.util.function.LongFunction;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Zoneout;

/**
 * Zoneout ({@link Zoneout}) beside the cells, on blocks [H,B]: behind a step's cells their states are weighed with
 * those before, and before the way back through the cells so are the gradients. Masks lie ready for all steps of a
 * layer; as a task it draws them, and a worker does some of the steps.
 */
final class RnnZoneout implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final boolean drawn;

    /** Null where no h is kept. */
    private final Kept hidden;

    /** Null where no c is kept. */
    private final Kept cell;

    /** Per layer what the cells made of c [T+1,H,B], as they left it in the states; null where those are the same. */
    private final CpuBuffer[] madeCell;

    private int layer;
    private int clockStep;

    /** One state, h or c. */
    private static final class Kept {
        final float probability;

        /** Per layer; null where nothing is drawn. */
        final DropoutSpec[] masks;

        /** Per layer 1 where a unit keeps what it had, else 0 [T,H,B]; null where nothing is drawn. */
        final CpuBuffer[] drawn;

        /** What flows past the cell to the step before [H,B]; null where nothing goes back. */
        final CpuBuffer passed;

        Kept(RnnSpec spec, boolean ofHidden, long block, LongFunction<CpuBuffer> alloc) {
            probability = spec.zoneout().probability(ofHidden);
            int layers = spec.zoneout().drawn() ? spec.shape().layers() : 0;
            masks = new DropoutSpec[layers];
            drawn = new CpuBuffer[layers];
            for (int i = 0; i < layers; i++) {
                masks[i] = spec.zoneoutMask(i, ofHidden);
                drawn[i] = alloc.apply(spec.steps() * block);
            }
            passed = spec.training() ? alloc.apply(block) : null;
        }
    }

    /** @param alloc takes so many elements of memory */
    RnnZoneout(RnnWorkspace work, LongFunction<CpuBuffer> alloc) {
        RnnSpec spec = work.spec;
        this.work = work;
        drawn = spec.zoneout().drawn();
        hidden = spec.zoneout().hidden() > 0 ? new Kept(spec, true, work.unitBlock(), alloc) : null;
        cell = spec.zoneout().cell() > 0 ? new Kept(spec, false, work.unitBlock(), alloc) : null;
        madeCell = new CpuBuffer[spec.shape().layers()];
        for (int i = 0; i < madeCell.length && cell != null && spec.training(); i++) {
            madeCell[i] = alloc.apply((spec.steps() + 1L) * work.unitBlock());
        }
    }

    /** Null where it is what the state is. */
    CpuBuffer madeCell(int ofLayer) {
        return madeCell[ofLayer];
    }

    /** Draws the masks of a layer, if any are drawn. */
    void draw(WorkerPool pool, int nextLayer, int step) {
        layer = nextLayer;
        clockStep = step;
        pool.run(this);
    }

    @Override
    public void run(Worker worker) {
        if (hidden != null) {
            draw(worker, hidden);
        }
        if (cell != null) {
            draw(worker, cell);
        }
    }

    private void draw(Worker worker, Kept kept) {
        int block = Math.multiplyExact(work.units, work.sequences);
        float[] rowMajor = worker.tile(8, block);
        float[] byUnit = worker.tile(9, block);
        int end = worker.to(work.steps, 1);
        for (int step = worker.from(work.steps, 1); step < end; step++) {
            DropoutMask.choose(
                    kept.masks[layer], clockStep, (long) step * block, rowMajor, block, worker.intTile(0, 4));
            VectorMath.transpose(rowMajor, byUnit, work.sequences, work.units);
            kept.drawn[layer].write(byUnit, 0, (long) step * block, block);
        }
    }

    /** Behind the cells of a step, for neighbouring pairs of unit and sequence from one to before another. */
    void forward(Worker worker, int ofLayer, int step, long from, long to) {
        for (long at = from; at < to; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, to - at);
            if (hidden != null) {
                weigh(worker, hidden, work.hidden[ofLayer], null, ofLayer, step, at, n);
            }
            if (cell != null) {
                weigh(worker, cell, work.cell[ofLayer], madeCell[ofLayer], ofLayer, step, at, n);
            }
        }
    }

    /** {@link #forward} of the one step of a plan that writes a text, as a task of its own. */
    WorkerPool.Task behind(int ofLayer) {
        return worker -> forward(worker, ofLayer, 0, worker.from(work.unitBlock()), worker.to(work.unitBlock()));
    }

    /** @param copy where to leave what the cell made; null for nowhere */
    private void weigh(
            Worker worker, Kept kept, CpuBuffer states, CpuBuffer copy, int ofLayer, int step, long at, int n) {
        float[] before = worker.tile(0, Worker.TILE);
        float[] made = worker.tile(1, Worker.TILE);
        float[] share = share(worker, kept, ofLayer, step, at, n);
        long after = (step + 1) * work.unitBlock() + at;
        states.read(step * work.unitBlock() + at, before, 0, n);
        states.read(after, made, 0, n);
        if (copy != null) {
            copy.write(made, 0, after, n);
        }
        CellMath.weigh(share, before, made, n);
        states.write(made, 0, after, n);
    }

    /** How much each of n pairs keeps, in one of the tiles. */
    private float[] share(Worker worker, Kept kept, int ofLayer, int step, long at, int n) {
        float[] share = worker.tile(2, Worker.TILE);
        if (drawn) {
            kept.drawn[ofLayer].read(step * work.unitBlock() + at, share, 0, n);
        } else {
            Arrays.fill(share, 0, n, kept.probability);
        }
        return share;
    }

    /** Before the way back through the cells of a step, for such pairs. */
    void backward(Worker worker, int ofLayer, int step, long from, long to) {
        for (long at = from; at < to; at += Worker.TILE) {
            int n = (int) Math.min(Worker.TILE, to - at);
            if (hidden != null) {
                backHidden(worker, ofLayer, step, at, n);
            }
            if (cell != null) {
                backCell(worker, ofLayer, step, at, n);
            }
        }
    }

    /** The gradient of h: that of the step's own h, and what a GRU carries. */
    private void backHidden(Worker worker, int ofLayer, int step, long at, int n) {
        boolean last = step == work.steps - 1;
        long own = step * work.unitBlock() + at;
        float[] slopes = worker.tile(0, Worker.TILE);
        float[] passed = worker.tile(1, Worker.TILE);
        float[] share = share(worker, hidden, ofLayer, step, at, n);
        work.dHidden.read(own, slopes, 0, n);
        addPassed(hidden, last, at, slopes, passed, n);
        CellMath.split(share, slopes, passed, n);
        work.dHidden.write(slopes, 0, own, n);
        if (!last && work.shape.cell().splitsLastGate()) {
            float[] ofCarried = worker.tile(3, Worker.TILE);
            work.carry.read(at, slopes, 0, n);
            CellMath.split(share, slopes, ofCarried, n);
            work.carry.write(slopes, 0, at, n);
            VectorMath.add(passed, ofCarried, n);
        }
        hidden.passed.write(passed, 0, at, n);
    }

    private static void addPassed(Kept kept, boolean last, long at, float[] slopes, float[] passed, int n) {
        if (!last) {
            kept.passed.read(at, passed, 0, n);
            VectorMath.add(slopes, passed, n);
        }
    }

    /** The gradient of c, which comes from the step after alone. */
    private void backCell(Worker worker, int ofLayer, int step, long at, int n) {
        float[] slopes = worker.tile(0, Worker.TILE);
        float[] passed = worker.tile(1, Worker.TILE);
        if (step == work.steps - 1) {
            Arrays.fill(passed, 0, n, 0f);
        } else {
            work.carry.read(at, slopes, 0, n);
            addPassed(cell, false, at, slopes, passed, n);
            CellMath.split(share(worker, cell, ofLayer, step, at, n), slopes, passed, n);
            work.carry.write(slopes, 0, at, n);
        }
        cell.passed.write(passed, 0, at, n);
    }
}
