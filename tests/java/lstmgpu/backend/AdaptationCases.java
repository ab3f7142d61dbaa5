package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/** Weights that follow a text and are drawn back: three steps of either form. */
final class AdaptationCases {
    private static final int STEPS = 3;

    private AdaptationCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (float decay : new float[] {0, 0.02f, 0.5f, 1}) {
            for (boolean scaled : new boolean[] {false, true}) {
                cases.add(new Adapt(decay, 0.02f, scaled, 32 + data.size(), data.seed()));
                cases.add(new Adapt(decay, 0.5f, scaled, 257, data.seed()));
            }
        }
        cases.add(new Adapt(0.02f, 0.002f, true, 257 * 257, data.seed()));
        return cases;
    }

    /**
     * @param scaled whether steps are divided by the size of gradients; every seventh size is 0
     */
    record Adapt(float decay, float rate, boolean scaled, int length, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer parameters = memory.updated("parameters", data.normal(length, 1), false);
            DeviceBuffer gradients = memory.updated("gradients", new float[length], false);
            DeviceBuffer trained = memory.input("trained", data.normal(length, 1));
            float[] sizes = data.uniform(length, 0, 2);
            for (int i = 0; i < length; i += 7) {
                sizes[i] = 0;
            }
            DeviceBuffer scale = scaled ? memory.input("scale", sizes) : null;
            AdaptationSpec spec = new AdaptationSpec(rate, decay, 0.1f, 1);
            for (int step = 0; step < STEPS; step++) {
                backend.upload(data.normal(length, 1), gradients);
                backend.optimisation().adapt(spec, parameters, gradients, trained, scale);
            }
        }

        @Override
        public long depth() {
            return STEPS;
        }
    }
}
