package lstmgpu.backend.reference;

import lstmgpu.backend.AdaptationSpec;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.StepClock;

/** {@link Optimisation} in plain loops and float64. */
class ReferenceOptimisation implements Optimisation {
    private final ReferenceMemory memory;

    ReferenceOptimisation(ReferenceMemory memory) {
        this.memory = memory;
    }

    @Override
    public void sumOfSquares(DeviceBuffer x, DeviceBuffer out) {
        ReferenceBuffer result = memory.floats(out, 1, "out");
        ReferenceBuffer values = memory.floats(x, 0, "x");
        double sum = 0;
        for (int i = 0; i < values.length(); i++) {
            sum += values.get(i) * values.get(i);
        }
        result.set(0, sum);
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
        ReferenceBuffer p = memory.floats(parameters, 0, "parameters");
        ReferenceBuffer g = memory.floats(gradients, p.length(), "gradients").slice(0, p.length());
        ReferenceBuffer m = spec.usesFirstMoment() ? memory.floats(firstMoment, p.length(), "firstMoment") : null;
        ReferenceBuffer v = spec.usesSecondMoment() ? memory.floats(secondMoment, p.length(), "secondMoment") : null;
        double norm = memory.floats(normSquared, 1, "normSquared").get(0);
        int step = memory.counter(clock, StepClock.STEP);
        double rate = memory.floats(clock.rates(), StepClock.RATES, "rates").get(step % StepClock.RATES);
        if (Double.isFinite(norm)) {
            new ReferenceOptimizer(spec, step + 1, rate, norm, m, v).update(p, g);
        }
        memory.fill(g, 0);
    }

    @Override
    public void average(
            AverageSpec spec, StepClock clock, DeviceBuffer start, DeviceBuffer parameters, DeviceBuffer averaged) {
        ReferenceBuffer p = memory.floats(parameters, 0, "parameters");
        ReferenceBuffer a = memory.floats(averaged, p.length(), "averaged");
        int count = memory.counter(clock, StepClock.STEP)
                + 1
                - memory.ints(start, 1, "start").getInt(0);
        double powers = 0;
        for (int k = 0; k < count; k++) {
            powers += Math.pow(spec.decay(), k);
        }
        for (int i = 0; i < p.length(); i++) {
            a.set(i, count <= 1 ? p.get(i) : a.get(i) * (1 - 1 / powers) + p.get(i) / powers);
        }
    }

    @Override
    public void adapt(
            AdaptationSpec spec,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer trained,
            DeviceBuffer scale) {
        ReferenceBuffer p = memory.floats(parameters, 0, "parameters");
        ReferenceBuffer g = memory.floats(gradients, p.length(), "gradients").slice(0, p.length());
        ReferenceBuffer start = memory.floats(trained, p.length(), "trained");
        ReferenceBuffer s = scale == null ? null : memory.floats(scale, p.length(), "scale");
        for (int i = 0; i < p.length(); i++) {
            double back = s == null ? spec.decay() : Math.min(1, spec.decay() * s.get(i) / spec.mean());
            double step = s == null ? g.get(i) : g.get(i) / (s.get(i) + spec.epsilon());
            p.set(i, p.get(i) + back * (start.get(i) - p.get(i)) - spec.rate() * step);
        }
        memory.fill(g, 0);
    }

    @Override
    public void advance(StepClock clock, int stepsPerEpoch) {
        ReferenceCorpus.advance(memory.ints(clock.counters(), 3, "clock"), stepsPerEpoch);
    }
}
