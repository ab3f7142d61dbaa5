package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Embedding, linear layer and dropout. */
final class LayerCases {
    private LayerCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int size : TestData.SIZES) {
            for (int tokens : TestData.SIZES) {
                cases.add(new Embed(data.size(), size, tokens, data.seed()));
                cases.add(new EmbedGrad(data.size(), size, tokens, data.seed()));
            }
        }
        for (int rows : TestData.SIZES) {
            for (int inputSize : TestData.SIZES) {
                for (int outputSize : TestData.SIZES) {
                    cases.add(new Linear(rows, inputSize, outputSize, data.flip(), data.seed()));
                    InputGradient mode = InputGradient.values()[data.below(InputGradient.values().length)];
                    cases.add(new LinearGrad(rows, inputSize, outputSize, data.flip(), mode, data.seed()));
                }
            }
        }
        // More outputs than rows, of which there are many: the outputs are divided, and done some hundred at a time.
        TestData many = new TestData(TestData.SEED + 4);
        cases.add(new Linear(129, 7, 1300, true, many.seed()));
        cases.add(new Linear(257, 33, 1041, false, many.seed()));
        for (int length : new int[] {1, 7, 33, 257, 257 * 257}) {
            for (float p : new float[] {0, 0.1f, 0.5f, 0.97f}) {
                cases.add(new Dropout(length, p, data.below(4), data.below(1000), data.flip(), data.seed()));
            }
        }
        for (int width : new int[] {1, 3, 8, 33}) {
            int sequences = 1 + data.below(4);
            BatchShare share = new BatchShare(data.below(6), sequences + 6);
            int steps = 1 + data.below(40);
            cases.add(new DropoutOfShare(steps, sequences, width, share, false, data.seed()));
            cases.add(new DropoutOfShare(steps, sequences, width, share, true, data.seed()));
            cases.add(new DropoutOfShare(steps, sequences, width, BatchShare.whole(sequences), true, data.seed()));
            cases.add(new TokenMask(data.size(), 0.3f, data.seed()));
        }
        return cases;
    }

    record Embed(int vocabulary, int embeddingSize, int tokens, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer table = memory.input("table", data.normal(vocabulary * embeddingSize, 1));
            DeviceBuffer read = memory.input("tokens", data.tokens(tokens, vocabulary));
            backend.layers().embed(table, read, embeddingSize, memory.output("out", tokens * embeddingSize, false));
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    record EmbedGrad(int vocabulary, int embeddingSize, int tokens, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer dOut = memory.input("dOut", data.normal(tokens * embeddingSize, 1));
            DeviceBuffer read = memory.input("tokens", data.tokens(tokens, vocabulary));
            float[] before = data.normal(vocabulary * embeddingSize, 3);
            backend.layers().embedGrad(dOut, read, embeddingSize, memory.updated("dTable", before, true));
        }

        @Override
        public long depth() {
            return tokens;
        }
    }

    record Linear(int rows, int inputSize, int outputSize, boolean bias, long seed, Way way)
            implements ConformanceCase {
        Linear(int rows, int inputSize, int outputSize, boolean bias, long seed) {
            this(rows, inputSize, outputSize, bias, seed, Way.PLAIN);
        }

        @Override
        public Optional<ConformanceCase> in(Way other) {
            return other.precision() == way.precision()
                    ? Optional.empty()
                    : Optional.of(new Linear(rows, inputSize, outputSize, bias, seed, other));
        }

        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer x = memory.input("x", values(data, rows * inputSize, rows * outputSize));
            DeviceBuffer w = memory.input("w", values(data, outputSize * inputSize, rows * outputSize));
            DeviceBuffer b = bias ? memory.input("b", values(data, outputSize, rows * outputSize)) : null;
            DeviceBuffer y = memory.output("y", rows * outputSize, false);
            backend.layers().linear(x, w, b, new LinearSpec(rows, inputSize, outputSize, way.precision()), y);
        }

        @Override
        public long depth() {
            return inputSize;
        }
    }

    /** What becomes of dx. */
    enum InputGradient {
        NONE,
        WRITTEN,
        ADDED
    }

    record LinearGrad(int rows, int inputSize, int outputSize, boolean bias, InputGradient mode, long seed, Way way)
            implements ConformanceCase {
        LinearGrad(int rows, int inputSize, int outputSize, boolean bias, InputGradient mode, long seed) {
            this(rows, inputSize, outputSize, bias, mode, seed, Way.PLAIN);
        }

        @Override
        public Optional<ConformanceCase> in(Way other) {
            return other.precision() == way.precision()
                    ? Optional.empty()
                    : Optional.of(new LinearGrad(rows, inputSize, outputSize, bias, mode, seed, other));
        }

        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int smallest = Math.min(rows * inputSize, Math.min(outputSize * inputSize, outputSize));
            DeviceBuffer x = memory.input("x", values(data, rows * inputSize, smallest));
            DeviceBuffer w = memory.input("w", values(data, outputSize * inputSize, smallest));
            DeviceBuffer dy = memory.input("dy", values(data, rows * outputSize, smallest));
            DeviceBuffer dx =
                    switch (mode) {
                        case NONE -> null;
                        case WRITTEN -> memory.output("dx", rows * inputSize, true);
                        case ADDED -> memory.updated("dx", values(data, rows * inputSize, smallest), true);
                    };
            DeviceBuffer dw = memory.updated("dw", values(data, outputSize * inputSize, smallest), true);
            DeviceBuffer db = bias ? memory.updated("db", values(data, outputSize, smallest), true) : null;
            boolean add = mode == InputGradient.ADDED;
            Layers layers = backend.layers();
            layers.linearGrad(x, w, dy, new LinearSpec(rows, inputSize, outputSize, way.precision()), dx, add, dw, db);
        }

        @Override
        public long depth() {
            return Math.max(rows, outputSize);
        }
    }

    record Dropout(int length, float p, int stream, int step, boolean inPlace, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            float[] values = new TestData(seed).normal(length, 1);
            try (StepClock clock = new StepClock(backend)) {
                clock.set(step, 0, 0);
                DeviceBuffer x = inPlace ? memory.updated("y", values, false) : memory.input("x", values);
                backend.layers()
                        .dropout(
                                x,
                                DropoutSpec.of(p, seed, stream),
                                clock,
                                inPlace ? x : memory.output("y", length, false));
            }
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** Some of the sequences of a batch: x is [steps, sequences, width]. */
    record DropoutOfShare(int steps, int sequences, int width, BatchShare share, boolean locked, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            int length = steps * sequences * width;
            try (StepClock clock = new StepClock(backend)) {
                clock.set(5, 0, 0);
                DeviceBuffer x = memory.input("x", new TestData(seed).normal(length, 1));
                DropoutSpec mask = new DropoutSpec(0.4f, seed, 2, sequences, width, share, locked);
                backend.layers().dropout(x, mask, clock, memory.output("y", length, false));
            }
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    record TokenMask(int tokens, float p, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            try (StepClock clock = new StepClock(backend)) {
                clock.set(5, 0, 0);
                DeviceBuffer ids = memory.input("tokens", new TestData(seed).tokens(tokens, 50));
                DeviceBuffer factors = memory.output("factors", tokens, false);
                backend.layers().tokenMask(ids, DropoutSpec.of(p, seed, 3), clock, factors);
            }
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /**
     * Where a result has few elements, positive numbers only, so that no sum cancels and spoils the
     * relative error.
     */
    private static float[] values(TestData data, int length, int smallestResult) {
        return smallestResult < 32 ? data.uniform(length, 0.1, 1) : data.normal(length, 1);
    }
}
