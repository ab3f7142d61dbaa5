package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/** Several steps of every optimiser. */
final class OptimizerCases {
    private OptimizerCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (OptimizerSpec.Kind kind : OptimizerSpec.Kind.values()) {
            for (float momentum : new float[] {0, 0.9f}) {
                for (float decay : new float[] {0, 0.1f}) {
                    for (float clip : new float[] {0, 0.5f, 1e6f}) {
                        OptimizerSpec spec = OptimizerSpec.of(kind, momentum, decay, clip);
                        int length = 32 + data.size();
                        cases.add(new Steps(spec, length, -1, Float.NaN, 0, data.seed()));
                    }
                }
            }
            OptimizerSpec spec = OptimizerSpec.of(kind, 0.9f, 0.1f, 1);
            cases.add(new Steps(spec, 257, 2, Float.NaN, 0, data.seed()));
            cases.add(new Steps(spec, 257, 0, Float.POSITIVE_INFINITY, 0, data.seed()));
            cases.add(new Steps(spec, 257 * 257, -1, Float.NaN, 1000, data.seed()));
        }
        return cases;
    }

    /**
     * Five steps with rates that change.
     *
     * @param badStep the step whose gradients have a norm that is not finite; −1 for none
     * @param badNorm its square
     * @param firstStep what the clock shows at first
     */
    record Steps(OptimizerSpec spec, int length, int badStep, float badNorm, int firstStep, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer parameters = memory.updated("parameters", data.normal(length, 0.5), false);
            DeviceBuffer gradients = memory.updated("gradients", new float[length], false);
            DeviceBuffer first = spec.usesFirstMoment() ? moment(memory, "first", data) : null;
            DeviceBuffer second = spec.usesSecondMoment() ? moment(memory, "second", data) : null;
            DeviceBuffer norm = memory.updated("norm", new float[1], false);
            try (StepClock clock = new StepClock(backend)) {
                clock.set(firstStep, 0, 0);
                clock.setRates(data.uniform(StepClock.RATES, 0.001, 0.1));
                for (int step = 0; step < 5; step++) {
                    backend.upload(data.normal(length, step % 2 == 0 ? 1 : 0.01), gradients);
                    backend.optimisation().sumOfSquares(gradients, norm);
                    if (step == badStep) {
                        backend.fill(norm, badNorm);
                    }
                    backend.optimisation().optimizerStep(spec, clock, parameters, gradients, first, second, norm);
                    backend.optimisation().advance(clock, 3);
                }
                memory.record("counters", clock);
            }
        }

        private DeviceBuffer moment(GuardedMemory memory, String name, TestData data) {
            return memory.updated(name, firstStep == 0 ? new float[length] : data.uniform(length, 0, 0.1), false);
        }

        @Override
        public long depth() {
            return length;
        }
    }
}
