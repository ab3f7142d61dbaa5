package lstmgpu.backend.cpu;

/** {@link StateProjection} with bfloat16 factors; h is rounded for the next step while it is in the cache. */
final class RoundedStateProjection implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final Bfloat16Unit unit;
    private int layer;
    private int step;

    RoundedStateProjection(RnnWorkspace work, Bfloat16Unit unit) {
        this.work = work;
        this.unit = unit;
    }

    RoundedStateProjection of(int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.shown, RoundedLayer.UNITS);
        int rows = worker.to(work.shown, RoundedLayer.UNITS) - from;
        if (rows <= 0) {
            return;
        }
        RnnFactors factors = work.factors;
        ProjectionFactors own = factors.projection;
        int sequences = work.sequences;
        long after = work.hidden[layer].address((step + 1) * work.shownBlock() + (long) from * sequences);
        Bfloat16Product.multiply(
                unit,
                rows,
                sequences,
                1,
                own.weight,
                own.weight.address(0, from, 0),
                own.unprojected,
                own.unprojected.address(0, 0, 0),
                false,
                after,
                sequences);
        factors.hidden.roundSome(factors.hiddenAt(step + 1), from, rows, sequences, after, sequences);
    }
}
