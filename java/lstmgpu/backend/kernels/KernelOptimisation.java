package lstmgpu.backend.kernels;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** {@link Optimisation} as launches of the portable kernels. */
final class KernelOptimisation implements Optimisation {
    private final Batch batch;
    private final SumOfSquares sumOfSquares;
    private final Optimizer optimizer;
    private final Average average;
    private final Adaptation adaptation;

    KernelOptimisation(KernelDevice device, WeightCopies weights, Batch batch, SumOfSquares sumOfSquares) {
        this.batch = batch;
        this.sumOfSquares = sumOfSquares;
        optimizer = new Optimizer(device, weights);
        average = new Average(device, weights);
        adaptation = new Adaptation(device, weights);
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        sumOfSquares.sum(x, out);
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
        optimizer.step(spec, clock, parameters, gradients, firstMoment, secondMoment, normSquared);
    }

    @Override
    public void average(
            AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged) {
        average.take(spec, clock, start, parameters, averaged);
    }

    @Override
    public void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {
        adaptation.step(spec, parameters, gradients, trained, scale);
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        batch.advance(clock, stepsPerEpoch);
    }
}
