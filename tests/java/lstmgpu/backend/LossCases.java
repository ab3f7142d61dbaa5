package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Softmax with cross-entropy, errors of predictions, their weights, and sums over a buffer. */
final class LossCases {
    private LossCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int rows : TestData.SIZES) {
            for (int vocabulary : TestData.SIZES) {
                for (Gradient gradient : Gradient.values()) {
                    cases.add(new CrossEntropy(rows, vocabulary, gradient, data.flip(), Logits.ORDINARY, data.seed()));
                }
                for (Logits logits : Logits.values()) {
                    cases.add(new CrossEntropy(rows, vocabulary, Gradient.APART, true, logits, data.seed()));
                }
            }
            cases.add(new RecordMean(rows, data.size(), data.below(1000), data.seed()));
        }
        cases.add(new CrossEntropy(257, 4097, Gradient.IN_PLACE, true, Logits.ORDINARY, data.seed()));
        cases.add(new CrossEntropy(7, 50_257, Gradient.IN_PLACE, true, Logits.EXTREME, data.seed()));
        for (int length : new int[] {1, 7, 33, 257, 257 * 257, 1_000_003}) {
            cases.add(new SumOfSquares(length, data.seed()));
            cases.add(new SquaredError(length, Gradient.values()[length % 3], data.seed()));
        }
        cases.addAll(errors(new TestData(TestData.SEED + 1)));
        return cases;
    }

    private static List<ConformanceCase> errors(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int rows : new int[] {1, 7, 33, 257, 4096}) {
            for (int quantiles : new int[] {1, 3, 9}) {
                cases.add(new QuantileError(rows, quantiles, Gradient.values()[(rows + quantiles) % 3], data.seed()));
            }
            for (float delta : new float[] {0, 0.5f, 2}) {
                for (Gradient gradient : Gradient.values()) {
                    cases.add(new HuberError(rows, delta, gradient, data.seed()));
                }
            }
            cases.add(new Weigh(rows, data.size(), data.seed()));
        }
        cases.add(new Weigh(7, 1500, data.seed()));
        for (int steps : TestData.SIZES) {
            for (int width : TestData.SIZES) {
                cases.add(new ActivationPenalty(
                        steps, width, data.flip() ? 0 : 0.7f, data.flip() ? 0 : 0.3f, data.seed()));
            }
        }
        cases.add(new Weigh(2500, 1, data.seed()));
        cases.add(new QuantileError(7, 1500, Gradient.APART, data.seed()));
        return cases;
    }

    /** Where dLogits goes. */
    enum Gradient {
        NONE,
        APART,
        IN_PLACE
    }

    /** How the logits are distributed. */
    enum Logits {
        ORDINARY,
        /** Far outside what exp can take. */
        EXTREME,
        /** Many equal ones, so that the lowest identifier must win. */
        TIED
    }

    record CrossEntropy(int rows, int vocabulary, Gradient gradient, boolean wantsBest, Logits kind, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            float[] values = logits(data);
            DeviceBuffer targets = memory.input("targets", data.tokens(rows, vocabulary));
            boolean inPlace = gradient == Gradient.IN_PLACE;
            DeviceBuffer logits = inPlace ? memory.updated("dLogits", values, true) : memory.input("logits", values);
            DeviceBuffer apart = gradient == Gradient.APART ? memory.output("dLogits", rows * vocabulary, true) : null;
            DeviceBuffer losses = memory.output("losses", rows, false);
            DeviceBuffer best = wantsBest ? memory.integerOutput("best", rows) : null;
            DeviceBuffer slopes = inPlace ? logits : apart;
            float smoothing = seed % 2 == 0 ? 0 : 0.1f;
            backend.losses().softmaxCrossEntropy(logits, targets, vocabulary, 0.3f, smoothing, losses, slopes, best);
        }

        private float[] logits(TestData data) {
            float[] values = data.normal(rows * vocabulary, kind == Logits.EXTREME ? 1e4 : 3);
            if (kind == Logits.TIED) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Math.round(values[i] / 3);
                }
            }
            return values;
        }

        @Override
        public long depth() {
            return vocabulary;
        }
    }

    record RecordMean(int rows, int places, int step, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            try (StepClock clock = new StepClock(backend)) {
                clock.set(step, 0, 0);
                DeviceBuffer losses = memory.input("losses", data.uniform(rows, 0, 5));
                DeviceBuffer history = memory.updated("history", data.uniform(places, 0, 5), false);
                backend.losses().recordMean(losses, clock, history);
            }
        }

        @Override
        public long depth() {
            return rows;
        }
    }

    record SquaredError(int length, Gradient gradient, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            boolean inPlace = gradient == Gradient.IN_PLACE;
            float[] values = data.normal(length, 1);
            DeviceBuffer prediction =
                    inPlace ? memory.updated("dPrediction", values, true) : memory.input("prediction", values);
            DeviceBuffer apart = gradient == Gradient.APART ? memory.output("dPrediction", length, true) : null;
            DeviceBuffer target = memory.input("target", data.normal(length, 1));
            DeviceBuffer losses = memory.output("losses", length, false);
            backend.losses().squaredError(prediction, target, 0.3f, losses, inPlace ? prediction : apart);
        }

        @Override
        public long depth() {
            return 2;
        }
    }

    record SumOfSquares(int length, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            DeviceBuffer x = memory.input("x", new TestData(seed).normal(length, 1));
            backend.optimisation().sumOfSquares(x, memory.output("out", 1, false));
        }

        @Override
        public long depth() {
            return length;
        }
    }

    /** Values of which every fifth is one of the others at its place. */
    private static float[] near(TestData data, int length, float[] others) {
        float[] values = data.normal(length, 1);
        for (int i = 0; i < length; i += 5) {
            values[i] = others[i / (length / others.length)];
        }
        return values;
    }

    record QuantileError(int rows, int quantiles, Gradient gradient, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            boolean inPlace = gradient == Gradient.IN_PLACE;
            int length = rows * quantiles;
            float[] targets = data.normal(rows, 1);
            float[] values = near(data, length, targets);
            DeviceBuffer prediction =
                    inPlace ? memory.updated("dPrediction", values, true) : memory.input("prediction", values);
            DeviceBuffer apart = gradient == Gradient.APART ? memory.output("dPrediction", length, true) : null;
            DeviceBuffer target = memory.input("target", targets);
            DeviceBuffer levels = memory.input("quantiles", data.uniform(quantiles, 0.05, 0.95));
            DeviceBuffer losses = memory.output("losses", length, false);
            backend.losses().quantileError(prediction, target, levels, 0.3f, losses, inPlace ? prediction : apart);
        }

        @Override
        public long depth() {
            return 2;
        }
    }

    record HuberError(int length, float delta, Gradient gradient, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            boolean inPlace = gradient == Gradient.IN_PLACE;
            float[] targets = data.normal(length, 1);
            float[] values = near(data, length, targets);
            DeviceBuffer prediction =
                    inPlace ? memory.updated("dPrediction", values, true) : memory.input("prediction", values);
            DeviceBuffer apart = gradient == Gradient.APART ? memory.output("dPrediction", length, true) : null;
            DeviceBuffer target = memory.input("target", targets);
            DeviceBuffer losses = memory.output("losses", length, false);
            backend.losses().huberError(prediction, target, delta, 0.3f, losses, inPlace ? prediction : apart);
        }

        @Override
        public long depth() {
            return 2;
        }
    }

    record ActivationPenalty(int steps, int width, float alpha, float beta, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer y = memory.input("y", data.normal(steps * width, 1));
            DeviceBuffer dy = memory.updated("dy", data.normal(steps * width, 1), true);
            backend.losses().activationPenalty(y, steps, alpha, beta, dy);
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** Every third weight is 0, before a row that is not finite, and every third is 1. */
    record Weigh(int rows, int width, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            float[] values = data.normal(rows * width, 1);
            float[] weights = data.uniform(rows, 0.1, 2);
            for (int row = 0; row < rows; row += 3) {
                weights[row] = 0;
                Arrays.fill(values, row * width, (row + 1) * width, row % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY);
            }
            for (int row = 1; row < rows; row += 3) {
                weights[row] = 1;
            }
            DeviceBuffer x = memory.updated("x", values, false);
            backend.losses().weigh(x, memory.input("weights", weights), width);
        }

        @Override
        public long depth() {
            return 1;
        }
    }
}
