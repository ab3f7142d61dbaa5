package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an adaptive softmax needs: rows by cluster, log-probabilities, rows that are left out or do not count. */
final class ClusterCases {
    private ClusterCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int rows : TestData.SIZES) {
            for (int clusters : new int[] {1, 2, 4}) {
                cases.add(new Partition(rows, clusters, data.flip() ? 0 : -1, data.seed()));
            }
            for (int width : TestData.SIZES) {
                cases.add(new LogSoftmax(rows, width, data.below(3), data.flip(), data.seed()));
                cases.add(new LeftOut(rows, width, data.seed()));
            }
            for (int counted : new int[] {0, rows / 3, rows, rows + 5}) {
                for (int before : new int[] {0, rows / 4}) {
                    cases.add(new CountedRows(rows, 33, data.size(), counted, before, data.flip(), data.seed()));
                }
            }
        }
        cases.add(new Partition(4097, 3, -1, data.seed()));
        cases.add(new LogSoftmax(7, 4097, 1, true, data.seed()));
        return cases;
    }

    /** Tokens of which the frequent ones, and those of some clusters, come more often; a cluster may have no row. */
    record Partition(int rows, int clusters, int behind, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int[] cutoffs = new int[clusters + 1];
            cutoffs[0] = 1 + data.below(5);
            for (int k = 1; k <= clusters; k++) {
                cutoffs[k] = cutoffs[k - 1] + 1 + data.below(3 * k * k);
            }
            int[] tokens = data.tokens(rows, cutoffs[clusters]);
            ClusterRows found = new ClusterRows(
                    memory.integerOutput("entries", rows),
                    memory.integerOutput("places", clusters * rows),
                    memory.integerOutput("inside", clusters * rows),
                    memory.integerOutput("counts", clusters));
            backend.losses().partition(memory.input("tokens", tokens), memory.input("cutoffs", cutoffs), behind, found);
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** A part of the results, beside which the others stay. */
    record LogSoftmax(int rows, int width, int at, boolean within, long seed) implements ConformanceCase {
        private static final int OUTER = 37;

        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int kept = Math.max(1, width - 2);
            int outputs = at + kept + 3;
            DeviceBuffer logits = memory.input("logits", data.normal(rows * width, 30));
            DeviceBuffer outer = within ? memory.input("outer", data.normal(rows * OUTER, 3)) : null;
            DeviceBuffer out = memory.updated("out", data.normal(rows * outputs, 1), false);
            LogSoftmaxSpec spec =
                    new LogSoftmaxSpec(rows, width, kept, outputs, at, within ? OUTER : 0, within ? OUTER - 1 : 0);
            backend.losses().logSoftmax(logits, outer, spec, out);
        }

        @Override
        public long depth() {
            return width;
        }
    }

    /** Every third row has no target. */
    record LeftOut(int rows, int vocabulary, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int[] targets = data.tokens(rows, vocabulary);
            for (int row = 0; row < rows; row += 3) {
                targets[row] = -1;
            }
            DeviceBuffer logits = memory.updated("dLogits", data.normal(rows * vocabulary, 3), true);
            DeviceBuffer losses = memory.output("losses", rows, false);
            DeviceBuffer best = memory.integerOutput("best", rows);
            backend.losses()
                    .softmaxCrossEntropy(
                            logits, memory.input("targets", targets), vocabulary, 0.3f, 0, losses, logits, best);
        }

        @Override
        public long depth() {
            return vocabulary;
        }
    }

    /** What lies behind the rows that count is no number. */
    record CountedRows(int rows, int inputSize, int outputSize, int counted, int before, boolean addToDx, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            DeviceBuffer count = memory.input("count", new int[] {counted});
            LinearSpec spec =
                    new LinearSpec(rows, inputSize, outputSize, Precision.FP32, new LinearSpec.Counted(count, before));
            int some = spec.counted().of(rows, counted);
            DeviceBuffer x = memory.scratch("x", noNumbersBehind(data, some, inputSize));
            DeviceBuffer w = memory.input("w", data.normal(outputSize * inputSize, 1));
            DeviceBuffer b = memory.input("b", data.normal(outputSize, 1));
            DeviceBuffer y = memory.scratch("y", new float[rows * outputSize]);
            backend.layers().linear(x, w, b, spec, y);
            if (some > 0) {
                memory.record("y", y.slice(0, (long) some * outputSize), false);
            }
            DeviceBuffer dy = memory.scratch("dy", noNumbersBehind(data, some, outputSize));
            float[] old = data.normal(rows * inputSize, 1);
            DeviceBuffer dx = addToDx ? memory.updated("dx", old, true) : memory.scratch("dx", old);
            DeviceBuffer dw = memory.updated("dw", data.normal(outputSize * inputSize, 1), true);
            DeviceBuffer db = memory.updated("db", data.normal(outputSize, 1), true);
            backend.layers().linearGrad(x, w, dy, spec, dx, addToDx, dw, db);
            if (some > 0) {
                memory.record("the first of dx", dx.slice(0, (long) some * inputSize), true);
            }
        }

        private float[] noNumbersBehind(TestData data, int some, int width) {
            float[] values = data.normal(rows * width, 1);
            Arrays.fill(values, some * width, rows * width, Float.NaN);
            return values;
        }

        @Override
        public long depth() {
            return Math.max(inputSize, Math.max(outputSize, rows));
        }
    }
}
