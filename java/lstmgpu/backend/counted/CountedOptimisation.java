package lstmgpu.backend.counted;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** {@link Optimisation} that takes no memory and computes nothing. */
final class CountedOptimisation implements Optimisation {
    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {}

    @Override
    public void optimizerStep(
            OptimizerSpec spec,
            StepClock clock,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment,
            DeviceBuffer normSquared) {}

    @Override
    public void average(
            AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged) {}

    @Override
    public void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {}

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {}
}
