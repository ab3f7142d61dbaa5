package lstmgpu.backend.cpu;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** {@link Optimisation} on all cores. */
final class CpuOptimisation implements Optimisation {
    private final WorkerPool pool;
    private final SumOfSquares sumOfSquares;
    private final OptimizerPass optimizer;
    private final AveragePass average;
    private final AdaptationPass adaptation;

    CpuOptimisation(WorkerPool pool) {
        this.pool = pool;
        sumOfSquares = new SumOfSquares();
        optimizer = new OptimizerPass();
        average = new AveragePass();
        adaptation = new AdaptationPass();
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        pool.run(sumOfSquares.of(CpuArguments.floats(x, 0, "x")));
        CpuArguments.floats(out, 1, "out").setFloat(0, (float) sumOfSquares.total());
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
        CpuBuffer weights = CpuArguments.floats(parameters, 0, "parameters");
        long length = weights.length();
        CpuBuffer dWeights = CpuArguments.floats(gradients, length, "gradients");
        CpuBuffer first = spec.usesFirstMoment() ? CpuArguments.floats(firstMoment, length, "firstMoment") : null;
        CpuBuffer second = spec.usesSecondMoment() ? CpuArguments.floats(secondMoment, length, "secondMoment") : null;
        float norm = CpuArguments.floats(normSquared, 1, "normSquared").getFloat(0);
        if (!Float.isFinite(norm)) {
            dWeights.clear();
            return;
        }
        int step = CpuArguments.counter(clock, StepClock.STEP);
        float rate =
                CpuArguments.floats(clock.rates(), StepClock.RATES, "rates").getFloat(step % StepClock.RATES);
        pool.run(optimizer.of(weights, dWeights, first, second).at(spec, rate, step + 1, norm));
    }

    @Override
    public void average(
            AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged) {
        CpuBuffer weights = CpuArguments.floats(parameters, 0, "parameters");
        CpuBuffer target = CpuArguments.floats(averaged, weights.length(), "averaged");
        int began = CpuArguments.ints(start, 1, "start").getInt(0);
        int count = CpuArguments.counter(clock, StepClock.STEP) + 1 - began;
        pool.run(average.of(spec, count, weights, target));
    }

    @Override
    public void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {
        CpuBuffer weights = CpuArguments.floats(parameters, 0, "parameters");
        long length = weights.length();
        pool.run(adaptation.of(
                spec,
                weights,
                CpuArguments.floats(gradients, length, "gradients"),
                CpuArguments.floats(trained, length, "trained"),
                scale == null ? null : CpuArguments.floats(scale, length, "scale")));
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        CpuBuffer counters = CpuArguments.ints(clock.counters(), 3, "clock");
        counters.setInt(StepClock.STEP, counters.getInt(StepClock.STEP) + 1);
        int epochStep = counters.getInt(StepClock.EPOCH_STEP) + 1;
        boolean epochEnds = epochStep == stepsPerEpoch;
        counters.setInt(StepClock.EPOCH_STEP, epochEnds ? 0 : epochStep);
        counters.setInt(StepClock.EPOCH, counters.getInt(StepClock.EPOCH) + (epochEnds ? 1 : 0));
    }
}
