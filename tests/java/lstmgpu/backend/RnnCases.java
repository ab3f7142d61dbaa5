package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every cell, one to three layers, both kinds of input, with and without dropout, in one or two directions, with
 * lengths or without; {@code -Dlstmgpu.test.sizes=128,256} adds layers of so many units and inputs, and eight
 * sequences, which algorithms ask for that the other cases do not reach.
 */
final class RnnCases {
    /** Multiplications of one forward pass, so that the whole suite stays within its minute. */
    private static final long LARGEST = 6_000_000;

    private static final String SIZES = System.getProperty("lstmgpu.test.sizes", "");
    private static final int STEPS = 3;
    private static final int SEQUENCES = 8;

    private RnnCases() {}

    /** Of the sizes that were asked for. */
    static List<RnnCase> ofSizes(TestData data) {
        List<RnnCase> cases = new ArrayList<>();
        for (String size : SIZES.isEmpty() ? new String[0] : SIZES.split(",")) {
            int units = Integer.parseInt(size);
            for (Cell cell : Cell.values()) {
                cases.add(new RnnCase(new RnnShape(cell, 1, units, units), STEPS, SEQUENCES, 0, true, 0, data.seed()));
            }
        }
        return cases;
    }

    static List<RnnCase> all(TestData data) {
        List<RnnCase> cases = new ArrayList<>();
        for (Cell cell : withTables()) {
            for (int layers = 1; layers <= 3; layers++) {
                for (float dropout : new float[] {0, 0.3f}) {
                    for (boolean table : new boolean[] {false, true}) {
                        cases.add(drawn(cell, layers, dropout, table, true, data));
                    }
                }
                cases.add(drawn(cell, layers, 0.3f, data.flip(), false, data));
                RnnShape shape = new RnnShape(cell, layers, 33, 64);
                cases.add(new RnnCase(shape, 1, 1, 0, false, 0, data.seed()));
                cases.add(new RnnCase(shape, 1, 1, 0, false, 33, data.seed()));
                cases.add(new RnnCase(shape, 7, 64, 0.2f, true, 0, data.seed()));
            }
        }
        cases.addAll(ofSizes(data));
        for (Cell cell : withTables()) {
            // One unit that reads one number once: no sum has more than one level. A norm would leave nothing of it.
            cases.add(new RnnCase(new RnnShape(cell, 1, 1, 1), 1, 257, 0, true, 0, data.seed()));
        }
        normalised(cases, data);
        projected(cases, data);
        return cases;
    }

    /** One and several layers and sequences, both kinds of input, texts that are written one and many at a time. */
    private static void projected(List<RnnCase> cases, TestData data) {
        for (Cell cell : projecting()) {
            cases.add(projected(cell, 1, 7, 33, 5, 7, 7, 0, 0, data));
            cases.add(projected(cell, 2, 33, 64, 17, 7, 33, 0.3f, 0, data));
            cases.add(projected(cell, 3, 7, 64, 48, 5, 64, 0.2f, 33, data));
            cases.add(projected(cell, 2, 33, 33, 16, 33, 1, 0.3f, 7, data));
            for (int batch : new int[] {1, 3, 33}) {
                for (int table : new int[] {0, 7}) {
                    RnnShape shape = new RnnShape(cell, 2, 33, 64).withProjection(24);
                    cases.add(new RnnCase(shape, 1, batch, 0, false, table, data.seed()));
                }
            }
        }
    }

    private static RnnCase projected(
            Cell cell,
            int layers,
            int inputs,
            int units,
            int projection,
            int steps,
            int batch,
            float dropout,
            int table,
            TestData data) {
        RnnShape shape = new RnnShape(cell, layers, inputs, units).withProjection(projection);
        return new RnnCase(shape, steps, batch, dropout, true, table, data.seed());
    }

    private static List<Cell> projecting() {
        return Arrays.stream(Cell.values()).filter(Cell::takesProjection).toList();
    }

    private static List<Cell> withTables() {
        return Arrays.stream(Cell.values()).filter(cell -> !cell.normalises()).toList();
    }

    /** A block takes a sequence, so what the sizes of the other cells' cases are for is in fewer and smaller ones. */
    private static void normalised(List<RnnCase> cases, TestData data) {
        Cell cell = Cell.LSTM_LAYER_NORM;
        cases.add(new RnnCase(new RnnShape(cell, 1, 7, 33), 7, 7, 0, true, 0, data.seed()));
        cases.add(new RnnCase(new RnnShape(cell, 2, 33, 7), 7, 33, 0.3f, true, 0, data.seed()));
        cases.add(new RnnCase(new RnnShape(cell, 3, 33, 64), 3, 7, 0.2f, true, 0, data.seed()));
        cases.add(new RnnCase(new RnnShape(cell, 1, 33, 257), 1, 3, 0, true, 0, data.seed()));
        cases.add(new RnnCase(new RnnShape(cell, 2, 33, 64), 1, 1, 0, false, 0, data.seed()));
        cases.add(new RnnCase(new RnnShape(cell, 1, 7, 33), 33, 1, 0, true, 0, data.seed()));
    }

    /** Over sequences that end within the batch. */
    static List<ConformanceCase> bounded(TestData data) {
        List<ConformanceCase> cases = new ArrayList<>();
        RnnShape norms = new RnnShape(Cell.LSTM_LAYER_NORM, 2, 7, 33, true);
        cases.add(new BoundedRnnCase(norms, 7, 7, 0.3f, true, 0, data.seed()));
        for (Cell cell : projecting()) {
            RnnShape both = new RnnShape(cell, 2, 7, 33, true).withProjection(9);
            cases.add(new BoundedRnnCase(both, 7, 7, 0.3f, true, 0, data.seed()));
            RnnShape one = new RnnShape(cell, 2, 33, 7).withProjection(5);
            cases.add(new BoundedRnnCase(one, 7, 33, 0.3f, true, 7, data.seed()));
        }
        for (Cell cell : withTables()) {
            for (int layers = 1; layers <= 2; layers++) {
                RnnShape both = new RnnShape(cell, layers, 7, 33, true);
                RnnShape one = new RnnShape(cell, layers, 33, 7);
                cases.add(new BoundedRnnCase(both, 7, 7, 0.3f, false, 0, data.seed()));
                cases.add(new BoundedRnnCase(both, 7, 7, 0, true, 0, data.seed()));
                cases.add(new BoundedRnnCase(one, 7, 33, 0.3f, true, 0, data.seed()));
                cases.add(new BoundedRnnCase(one, 33, 7, 0, true, 7, data.seed()));
                RnnShape large = new RnnShape(cell, layers, 33, 64, data.flip());
                cases.add(new BoundedRnnCase(large, 7, 33, 0.3f, true, 0, data.seed()));
            }
            cases.add(new BoundedRnnCase(new RnnShape(cell, 1, 7, 1, true), 1, 1, 0, true, 0, data.seed()));
        }
        return cases;
    }

    private static RnnCase drawn(Cell cell, int layers, float dropout, boolean table, boolean training, TestData data) {
        while (true) {
            RnnShape shape = new RnnShape(cell, layers, data.size(), data.size());
            int steps = data.size();
            int batch = data.size();
            long perToken = 0;
            for (int layer = 0; layer < layers; layer++) {
                perToken += (long) shape.gateRows() * (shape.inputOf(layer) + shape.hiddenSize());
            }
            boolean small = (long) steps * batch * shape.hiddenSize() < 32;
            // Of a stack of single units a gradient is one sum, which may cancel, and nothing to measure it by.
            boolean single = layers > 1 && shape.hiddenSize() == 1;
            if (!small && !single && perToken * steps * batch <= LARGEST) {
                int vocabulary = table ? data.size() : 0;
                return new RnnCase(shape, steps, batch, dropout, training, vocabulary, data.seed());
            }
        }
    }
}
