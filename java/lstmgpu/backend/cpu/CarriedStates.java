package lstmgpu.backend.cpu;

/** The last states become the initial ones; a worker does those of its units, which it has in its cache. */
final class CarriedStates implements WorkerPool.Task {
    private final RnnWorkspace work;

    CarriedStates(RnnWorkspace work) {
        this.work = work;
    }

    @Override
    public void run(Worker worker) {
        carry(worker.from(work.unitBlock()), worker.to(work.unitBlock()));
    }

    /** Some elements of the blocks [H,B]. */
    void carry(long from, long to) {
        for (int layer = 0; layer < work.hidden.length; layer++) {
            carry(work.hidden[layer], from, to);
            if (work.cell[layer] != null) {
                carry(work.cell[layer], from, to);
            }
        }
    }

    private void carry(CpuBuffer states, long from, long to) {
        states.copyTo(work.steps * work.unitBlock() + from, states, from, to - from);
    }
}
