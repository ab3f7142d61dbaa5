package lstmgpu.backend.reference;

import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** Optimisers that are right but for one mistake, for {@link FaultyOperations}. */
final class FaultyOptimisation {
    private FaultyOptimisation() {}

    static final class DoesNotClip extends ReferenceOptimisation {
        DoesNotClip(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void optimizerStep(
                OptimizerSpec spec,
                StepClock clock,
                DeviceBuffer parameters,
                DeviceBuffer gradients,
                DeviceBuffer firstMoment,
                DeviceBuffer secondMoment,
                DeviceBuffer normSquared) {
            OptimizerSpec unclipped = OptimizerSpec.of(spec.kind(), spec.momentum(), spec.weightDecay(), 0);
            super.optimizerStep(unclipped, clock, parameters, gradients, firstMoment, secondMoment, normSquared);
        }
    }

    static final class AveragesWithoutDecay extends ReferenceOptimisation {
        AveragesWithoutDecay(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void average(
                AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer p, DeviceBuffer averaged) {
            super.average(AverageSpec.mean(), clock, start, p, averaged);
        }
    }

    static final class DoesNotAdvance extends ReferenceOptimisation {
        DoesNotAdvance(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void advance(StepClock clock, int stepsPerEpoch) {
            // Every draw is the first.
        }
    }
}
