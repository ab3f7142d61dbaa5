package lstmgpu.backend.counted;

import java.util.function.ToLongFunction;
import lstmgpu.backend.BidirectionalPlan;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** {@link Recurrence} with plans that hold memory and compute nothing. */
final class CountedRecurrence implements Recurrence {
    private final CountedBackend backend;
    private final Recurrence like;
    private final int floatBytes;
    private final boolean composes;
    private final ToLongFunction<RnnSpec> planBytes;

    CountedRecurrence(
            CountedBackend backend,
            Recurrence like,
            int floatBytes,
            boolean composes,
            ToLongFunction<RnnSpec> planBytes) {
        this.composes = composes;
        this.backend = backend;
        this.like = like;
        this.floatBytes = floatBytes;
        this.planBytes = planBytes;
    }

    @Override
    public ParameterLayout rnnLayout(RnnShape shape) {
        return like.rnnLayout(shape);
    }

    @Override
    public boolean prefersTable(RnnSpec spec, int vocabulary, long tokens) {
        return like.prefersTable(spec, vocabulary, tokens);
    }

    @Override
    public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
        spec.implementation().requireOn(backend.device().backend());
        if (composes && spec.shape().bidirectional()) {
            return new BidirectionalPlan(backend, spec, clock);
        }
        return new CountedPlan(spec, backend.alloc(ElementType.FLOAT32, planBytes.applyAsLong(spec) / floatBytes));
    }
}
