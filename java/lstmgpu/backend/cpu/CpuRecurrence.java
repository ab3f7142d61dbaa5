package lstmgpu.backend.cpu;

import lstmgpu.backend.BidirectionalPlan;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** {@link Recurrence} on all cores. */
final class CpuRecurrence implements Recurrence {
    private final CpuBackend backend;
    private final CpuMemory memory;
    private final WorkerPool pool;

    CpuRecurrence(CpuBackend backend, CpuMemory memory, WorkerPool pool) {
        this.backend = backend;
        this.memory = memory;
        this.pool = pool;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return 2L * vocabulary <= tokens && !spec.shape().bidirectional();
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(CpuBackend.NAME);
        if (clock == null && spec.drops()) {
            throw new IllegalArgumentException("dropout needs a clock");
        }
        return spec.shape().bidirectional()
                ? new BidirectionalPlan(backend, spec, clock)
                : new LayeredRnnPlan(spec, new CpuRnnSteps(spec, clock, memory, pool));
    }
}
