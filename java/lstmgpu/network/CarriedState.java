package lstmgpu.network;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;

/** The states that sequences carry from a step of one length to a step of another, whose plan is another one. */
final class CarriedState {
    private final DeviceBuffer hidden;
    private final DeviceBuffer cell;

    /** @param spec of one of the plans */
    CarriedState(Resources memory, RnnSpec spec) {
        this.hidden = memory.alloc(ElementType.FLOAT32, spec.hiddenStates());
        this.cell = spec.cellStates() > 0 ? memory.alloc(ElementType.FLOAT32, spec.cellStates()) : null;
    }

    /** From what a plan would begin its next step with. */
    void store(RnnPlan plan) {
        plan.storeState(hidden, cell);
    }

    /** Makes a plan begin its next step with them. */
    void giveTo(RnnPlan plan) {
        plan.takeState(hidden, cell);
    }
}
