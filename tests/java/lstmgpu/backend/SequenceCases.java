package lstmgpu.backend;

import java.util.ArrayList;
import java.util.List;

/** Sequences of unlike lengths: their other direction, and one vector of each. */
final class SequenceCases {
    private SequenceCases() {}

    static List<ConformanceCase> all(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        for (int steps : new int[] {1, 7, 33}) {
            for (int sequences : new int[] {1, 7, 33}) {
                for (boolean bounded : new boolean[] {false, true}) {
                    cases.add(new Reverse(steps, sequences, data.size(), bounded, data.flip(), data.seed()));
                    cases.add(new Directions(steps, sequences, data.size(), bounded, data.seed()));
                    for (Pooling pooling : Pooling.values()) {
                        cases.add(new Pool(pooling, steps, sequences, data.size(), bounded, data.flip(), data.seed()));
                    }
                }
            }
        }
        for (Pooling pooling : Pooling.values()) {
            cases.add(new Pool(pooling, 257, 3, 257, true, false, data.seed()));
        }
        cases.add(new Pool(Pooling.MEAN, 3, 2, 1500, true, false, data.seed()));
        cases.add(new Reverse(3, 2, 1500, true, true, data.seed()));
        cases.add(new Directions(3, 2, 1500, true, data.seed()));
        return cases;
    }

    /** Null where all have all steps, otherwise each at least so many. */
    private static DeviceBuffer lengths(GuardedMemory memory, TestData data, int sequences, int least, int steps) {
        int[] lengths = data.tokens(sequences, steps + 1 - least);
        for (int b = 0; b < sequences; b++) {
            lengths[b] += least;
        }
        return memory.input("lengths", lengths);
    }

    record Reverse(int steps, int sequences, int width, boolean bounded, boolean add, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int length = steps * sequences * width;
            DeviceBuffer ends = bounded ? lengths(memory, data, sequences, 0, steps) : null;
            DeviceBuffer x = memory.input("x", data.normal(length, 1));
            DeviceBuffer y =
                    add ? memory.updated("y", data.normal(length, 1), false) : memory.output("y", length, false);
            backend.layers().reverse(x, ends, steps, sequences, width, add, y);
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** Joined and split again. */
    record Directions(int steps, int sequences, int width, boolean bounded, long seed) implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            int length = steps * sequences * width;
            DeviceBuffer ends = bounded ? lengths(memory, data, sequences, 0, steps) : null;
            DeviceBuffer f = memory.input("f", data.normal(length, 1));
            DeviceBuffer r = memory.input("r", data.normal(length, 1));
            DeviceBuffer y = memory.output("y", 2 * length, false);
            backend.layers().joinDirections(f, r, ends, steps, sequences, width, y);
            DeviceBuffer dy = memory.input("dy", data.normal(2 * length, 1));
            DeviceBuffer df = memory.output("df", length, true);
            DeviceBuffer dr = memory.output("dr", length, true);
            backend.layers().splitDirections(dy, ends, steps, sequences, width, df, dr);
        }

        @Override
        public long depth() {
            return 1;
        }
    }

    /** @param tied few values, so that the first of the largest must win */
    record Pool(Pooling pooling, int steps, int sequences, int width, boolean bounded, boolean tied, long seed)
            implements ConformanceCase {
        @Override
        public void run(Backend backend, GuardedMemory memory) {
            TestData data = new TestData(seed);
            float[] values = data.uniform(steps * sequences * width, 0.5, 3.5);
            for (int i = 0; tied && i < values.length; i++) {
                values[i] = Math.round(values[i]);
            }
            DeviceBuffer ends = bounded ? lengths(memory, data, sequences, 1, steps) : null;
            DeviceBuffer y = memory.input("y", values);
            DeviceBuffer out = memory.output("out", sequences * width, false);
            backend.layers().pool(pooling, y, ends, steps, sequences, width, out);
            DeviceBuffer dOut = memory.input("dOut", data.normal(sequences * width, 1));
            DeviceBuffer dy = memory.output("dy", values.length, true);
            DeviceBuffer read = pooling == Pooling.MAX ? y : null;
            backend.layers().poolGrad(pooling, dOut, read, ends, steps, sequences, width, dy);
        }

        @Override
        public long depth() {
            return steps;
        }
    }
}
