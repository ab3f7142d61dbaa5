package lstmgpu.backend.kernels;

import lstmgpu.backend.BidirectionalPlan;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** {@link Recurrence} as launches of the portable kernels. */
final class KernelRecurrence implements Recurrence {
    /** A table pays where each of its rows stands for at least so many tokens. */
    private static final long TOKENS_PER_TABLE_ROW = 2;

    private final KernelBackend backend;
    private final RnnPlans plans;

    KernelRecurrence(KernelBackend backend, RnnPlans plans) {
        this.backend = backend;
        this.plans = plans;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return plans.layout(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        KernelArguments.storage(spec.precision());
        if (!spec.shape().takesTable()) {
            return false;
        }
        return TOKENS_PER_TABLE_ROW * vocabulary <= tokens && plans.takesTable(spec)
                || plans.drawsTokens(spec, vocabulary);
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.requireClock(clock);
        KernelArguments.storage(spec.precision());
        return spec.shape().bidirectional()
                ? new BidirectionalPlan(backend, spec, clock)
                : plans.create(backend, spec, clock);
    }
}
