package lstmgpu.backend.cpu;

/**
 * The gradient of a projected h in a step, dh += W_hhᵀ·(gradients of the next step's gates); a worker does some of h.
 */
final class HiddenGradient implements WorkerPool.Task {
    private static final int ROWS = 8;

    private final RnnWorkspace work;
    private int layer;
    private int step;

    HiddenGradient(RnnWorkspace work) {
        this.work = work;
    }

    HiddenGradient of(int nextLayer, int nextStep) {
        layer = nextLayer;
        step = nextStep;
        return this;
    }

    @Override
    public void run(Worker worker) {
        int from = worker.from(work.shown, ROWS);
        int to = worker.to(work.shown, ROWS);
        if (from < to) {
            multiply(work, worker, layer, step, from, to);
        }
    }

    /** The product for some of h; the last step has none. */
    static void multiply(RnnWorkspace work, Worker worker, int layer, int step, int from, int to) {
        if (step == work.steps - 1) {
            return;
        }
        int sequences = work.sequences;
        long result = work.dHidden.address(step * work.shownBlock() + (long) from * sequences);
        for (RecurrentRun run : work.recurrentRuns) {
            long rows = work.recurrentTransposed.address((long) from * work.gateRows + run.weightRow());
            long next = work.gates[layer].address(work.gatesAt(step + 1) + (long) run.slotRow() * sequences);
            worker.blas()
                    .multiply(
                            Blas.Transposed.NONE,
                            to - from,
                            sequences,
                            run.rows(),
                            rows,
                            work.gateRows,
                            next,
                            sequences,
                            1f,
                            result,
                            sequences);
        }
    }
}
