package lstmgpu.backend.kernels;

import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.TokenLoop;

/** Where a {@link KernelBackend} gets its recurrent plans from. */
public interface RnnPlans {
    /** See {@link lstmgpu.backend.Recurrence#rnnLayout}. */
    ParameterLayout layout(RnnShape shape);

    /** Whether the plan that {@link #create} gives for features could be one for a table. */
    boolean takesTable(RnnSpec spec);

    /** See {@link lstmgpu.backend.Recurrence#newRnnPlan}. */
    RnnPlan create(KernelBackend backend, RnnSpec spec, StepClock clock);

    /** Whether {@link #newTokenLoop} has a loop for such a plan of one step, which then reads a table. */
    default boolean drawsTokens(RnnSpec spec, int vocabulary) {
        return false;
    }

    /** See {@link lstmgpu.backend.Drawing#newTokenLoop}; null where the loop is one of operations. */
    default TokenLoop newTokenLoop(KernelBackend backend, TokenLoop.Network network, TokenLoop.Draws draws, int limit) {
        return null;
    }

    /**
     * The same for {@link lstmgpu.backend.Backend#counting}: its plans take the memory of the backend they are created
     * for.
     */
    RnnPlans counting();
}
