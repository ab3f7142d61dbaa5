package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/** Averages of weights over several steps: before averaging begins, at its beginning, and long after. */
final class AverageCases {
    private static final int STEPS = 5;

    private AverageCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (float decay : new float[] {0, 0.5f, 0.999f, 0.999999f, 1}) {
            for (int start : new int[] {0, 2, Integer.MAX_VALUE}) {
                cases.add(new Average(decay, 32 + data.size(), 0, start, data.seed()));
            }
            cases.add(new Average(decay, 257 * 257, 1000, 997, data.seed()));
            cases.add(new Average(decay, 257, 9000, 0, data.seed()));
        }
        return cases;
    }

    /**
     * Weights that move from step to step, taken into their average.
     *
     * @param decay β
     * @param firstStep what the clock shows at first
     * @param start steps done when averaging began
     */
    record Average(float decay, int length, int firstStep, int start, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer parameters = memory.updated("parameters", new float[length], false);
            float[] before = data.normal(length, 1);
            if (start >= firstStep) {
                before[0] = Float.NaN; // What is not part of the average is not read.
            }
            DeviceBuffer averaged = memory.updated("averaged", before, false);
            DeviceBuffer began = memory.input("start", new int[] {start});
            try (StepClock clock = new StepClock(backend)) {
                clock.set(firstStep, 0, 0);
                for (int step = 0; step < STEPS; step++) {
                    backend.upload(data.normal(length, 1), parameters);
                    backend.optimisation().average(new AverageSpec(decay), clock, began, parameters, averaged);
                    backend.optimisation().advance(clock, 3);
                }
                memory.record("counters", clock);
            }
        }

        @Override
        public long depth() {
            return STEPS;
        }
    }
}
