package lstmgpu.backend.kernels;

import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** Where a {@link KernelBackend} gets its recurrent plans from. */
public interface RnnPlans {
    /** See {@link lstmgpu.backend.Backend#rnnLayout}. */
    ParameterLayout layout(RnnShape shape);

    /** Whether the plan that {@link #create} gives for features could be one for a table. */
    boolean takesTable(RnnSpec spec);

    /** See {@link lstmgpu.backend.Backend#newRnnPlan}. */
    RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock);

    /** The same for {@link lstmgpu.backend.Backend#counting}: its plans take the memory of the backend they are created for. */
    RnnPlans counting();
}
