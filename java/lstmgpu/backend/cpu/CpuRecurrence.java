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
    private final Bfloat16Unit unit;

    /** @param unit multiplies in bfloat16; null where nothing does */
    CpuRecurrence(CpuBackend backend, CpuMemory memory, WorkerPool pool, Bfloat16Unit unit) {
        this.backend = backend;
        this.memory = memory;
        this.pool = pool;
        this.unit = unit;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return ParameterLayout.ofRnn(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return 2L * vocabulary <= tokens && spec.shape().takesTable();
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(CpuBackend.NAME);
        CpuBackend.require(spec.precision(), unit);
        spec.requireClock(clock);
        return spec.shape().bidirectional()
                ? new BidirectionalPlan(backend, spec, clock)
                : new LayeredRnnPlan(spec, new CpuRnnSteps(spec, clock, memory, pool, unit));
    }
}
