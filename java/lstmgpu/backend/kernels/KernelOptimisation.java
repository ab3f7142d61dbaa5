package lstmgpu.backend.kernels;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** {@link Optimisation} as launches of the portable kernels. */
final class KernelOptimisation implements Optimisation {
    private final Batch batch;
    private final SumOfSquares sumOfSquares;
    private final Optimizer optimizer;

    KernelOptimisation(KernelDevice device, WeightCopies weights, Batch batch, SumOfSquares sumOfSquares) {
        this.batch = batch;
        this.sumOfSquares = sumOfSquares;
        optimizer = new Optimizer(device, weights);
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
    public void advance(StepClock clock, int stepsPerEpoch) {
        batch.advance(clock, stepsPerEpoch);
    }
}
