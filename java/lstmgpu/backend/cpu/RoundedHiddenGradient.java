package lstmgpu.backend.cpu;

/** {@link HiddenGradient} with bfloat16 factors; the gradient is rounded while it is in the cache. */
final class RoundedHiddenGradient implements WorkerPool.Task {
    private final RnnWorkspace work;
    private final Bfloat16Unit unit;
    private int step;

    RoundedHiddenGradient(RnnWorkspace work, Bfloat16Unit unit) {
        this.work = work;
        this.unit = unit;
    }

    RoundedHiddenGradient of(int nextStep) {
        step = nextStep;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.shown, RoundedLayer.UNITS);
        int to = worker.to(work.shown, RoundedLayer.UNITS);
        if (from >= to) {
            return;
        }
        multiply(work, unit, step, from, to);
        ProjectionFactors factors = work.factors.projection;
        int rows = to - from;
        int sequences = work.sequences;
        long source = work.dHidden.address(step * work.shownBlock() + (long) from * sequences);
        factors.dHidden.roundSome(0, from, rows, sequences, source, sequences);
        factors.dHiddenRows.roundRows(step, from, rows, sequences, source, sequences);
    }

    /** The product for some of h; the last step has none. */
    static void multiply(RnnWorkspace work, Bfloat16Unit unit, int step, int from, int to) {
        if (step == work.steps - 1) {
            return;
        }
        RnnFactors factors = work.factors;
        int sequences = work.sequences;
        Bfloat16Product.multiply(
                unit,
                to - from,
                sequences,
                1,
                factors.recurrentWeight,
                factors.recurrentWeight.address(0, from, 0),
                factors.hiddenGates,
                factors.hiddenGates.address(factors.hiddenGatesAt(step + 1), 0, 0),
                true,
                work.dHidden.address(step * work.shownBlock() + (long) from * sequences),
                sequences);
    }
}
