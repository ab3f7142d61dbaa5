package lstmgpu.backend.reference;

import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** {@link Recurrence} in plain loops and float64. */
class ReferenceRecurrence implements Recurrence {
    private final ReferenceMemory memory;

    ReferenceRecurrence(ReferenceMemory memory) {
        this.memory = memory;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return false;
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(memory.device().backend());
        ReferenceCell cell = ReferenceCell.of(spec.shape().cell());
        return new ReferenceRnnPlan(memory, spec, clock, cell);
    }
}
