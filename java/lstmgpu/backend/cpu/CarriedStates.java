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
        long shown = work.shownBlock();
        long block = work.unitBlock();
        for (int layer = 0; layer < work.hidden.length; layer++) {
            carry(work.hidden[layer], shown, worker.from(shown), worker.to(shown));
            if (work.cell[layer] != null) {
                carry(work.cell[layer], block, worker.from(block), worker.to(block));
            }
        }
    }

    /** The same by the calling thread alone. */
    void carry() {
        for (int layer = 0; layer < work.hidden.length; layer++) {
            carry(work.hidden[layer], work.shownBlock(), 0, work.shownBlock());
            if (work.cell[layer] != null) {
                carry(work.cell[layer], work.unitBlock(), 0, work.unitBlock());
            }
        }
    }

    private void carry(CpuBuffer states, long block, long from, long to) {
        states.copyTo(work.steps * block + from, states, from, to - from);
    }

    /** Copies the initial states, as {@link lstmgpu.backend.RnnPlan#storeState} says. */
    void store(DeviceBuffer hidden, DeviceBuffer cell) {
        move(hidden, work.hidden, work.shownBlock(), "hidden", false);
        move(cell, work.cell, work.unitBlock(), "cell", false);
    }

    /** Makes what was stored the initial states. */
    void take(DeviceBuffer hidden, DeviceBuffer cell) {
        move(hidden, work.hidden, work.shownBlock(), "hidden", true);
        move(cell, work.cell, work.unitBlock(), "cell", true);
    }

    private void move(DeviceBuffer stored, CpuBuffer[] states, long block, String what, boolean back) {
        if (states[0] == null) {
            return;
        }
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
