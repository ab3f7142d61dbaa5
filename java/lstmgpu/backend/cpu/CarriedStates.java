package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;

/** The last states become the initial ones, each worker doing those of its units, or go through device memory. */
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

    /** Copies the initial states, as {@link lstmgpu.backend.RnnPlan#storeState} says. */
    void store(DeviceBuffer hidden, DeviceBuffer cell) {
        move(hidden, work.hidden, "hidden", false);
        move(cell, work.cell, "cell", false);
    }

    /** Makes what was stored the initial states. */
    void take(DeviceBuffer hidden, DeviceBuffer cell) {
        move(hidden, work.hidden, "hidden", true);
        move(cell, work.cell, "cell", true);
    }

    private void move(DeviceBuffer stored, CpuBuffer[] states, String what, boolean back) {
        if (states[0] == null) {
            return;
        }
        long block = work.unitBlock();
        CpuBuffer all = CpuArguments.floats(stored, Math.multiplyExact(block, (long) states.length), what);
        for (int layer = 0; layer < states.length; layer++) {
            if (back) {
                all.copyTo(layer * block, states[layer], 0, block);
            } else {
                states[layer].copyTo(0, all, layer * block, block);
            }
        }
    }
}
