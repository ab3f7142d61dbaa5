package lstmgpu.backend.kernels;

import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Philox;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** Launches {@code kernels/zoneout.cu}, behind the cells of a step and before the way back through them. */
final class RnnZoneout {
    private static final int ELEMENTS_PER_THREAD = 4;

    private final KernelDevice device;
    private final RnnMemory memory;

    /** Null where nothing is drawn. */
    private final KernelBuffer counters;

    /** Per layer; that of c comes second. */
    private final DropoutSpec[][] masks;

    private final boolean keepsCell;

    /** @param clock may be null where nothing is drawn */
    RnnZoneout(KernelDevice device, RnnMemory memory, StepClock clock) {
        RnnSpec spec = memory.spec;
        this.device = device;
        this.memory = memory;
        this.counters = spec.zoneout().draws() ? Batch.counters(clock) : null;
        this.keepsCell = spec.zoneout().cell() > 0;
        this.masks = new DropoutSpec[spec.shape().layers()][];
        for (int layer = 0; layer < masks.length; layer++) {
            masks[layer] = new DropoutSpec[] {spec.zoneoutMask(layer, true), spec.zoneoutMask(layer, false)};
        }
    }

    /** The step's states, from what the cells have made and the states before. */
    void forward(int layer, int step) {
        KernelCall call = device.call(Kernel.ZONEOUT_FORWARD, memory.storage)
                .buffer(memory.hidden[layer][step])
                .buffer(memory.madeHidden[layer][step + 1])
                .buffer(memory.hidden[layer][step + 1])
                .buffer(memory.isFloat() ? null : memory.hiddenFactors[layer][step + 1])
                .buffer(keepsCell ? memory.cell[layer][step] : null)
                .buffer(keepsCell ? memory.madeCell[layer][step + 1] : null)
                .buffer(keepsCell ? memory.cell[layer][step + 1] : null);
        launch(call, Kernel.ZONEOUT_FORWARD, layer, step);
    }

    /**
     * Leaves the cells' part of the gradients in {@link RnnMemory#zoneoutSlopes} and what else they read.
     *
     * @param dy gradient of the step's h from above, [B,H]
     * @param dRecurrent that from the step after through W_hh, [B,H]; becomes 0; null at the last step
     */
    void backward(int layer, int step, KernelBuffer dy, KernelBuffer dRecurrent) {
        boolean carriesHidden = memory.spec.shape().cell().splitsLastGate();
        KernelCall call = device.call(Kernel.ZONEOUT_BACKWARD, memory.storage)
                .buffer(dy)
                .buffer(dRecurrent)
                .buffer(carriesHidden ? memory.carried : null)
                .buffer(memory.passedHidden)
                .buffer(memory.zoneoutSlopes)
                .buffer(keepsCell ? memory.carried : null)
                .buffer(keepsCell ? memory.passedCell : null);
        launch(call, Kernel.ZONEOUT_BACKWARD, layer, step);
    }

    private void launch(KernelCall call, Kernel kernel, int layer, int step) {
        DropoutSpec hidden = masks[layer][0];
        DropoutSpec cell = masks[layer][1];
        long n = memory.unitBlock();
        call.buffer(counters)
                .longInteger(n)
                .longInteger(hidden.element(step * n))
                .longInteger(cell.seed())
                .integer(cell.stream())
                .integer(Philox.threshold(hidden.probability()))
                .integer(Philox.threshold(cell.probability()))
                .real(hidden.probability())
                .real(cell.probability())
                .launch(kernel.blocksFor(n / ELEMENTS_PER_THREAD + 2));
    }
}
