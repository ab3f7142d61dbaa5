package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import lstmgpu.backend.Cell;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What gate rows start from and their sums, beside loops over elements, bit for bit. */
class GateRowsTest {
    private static final int STEPS = 3;
    private static final int VOCABULARY = 5;
    /** No whole number of vectors of gate rows. */
    private static final int UNITS = 21;

    private static final int[] SEQUENCES = {16, 21, 64};

    private final Random random = new Random(8);
    private final CpuBackend backend = new CpuBackend(1);
    private final Worker worker = new Worker(0, 1);

    @BeforeEach
    void onlyWhereItRuns() {
        assumeTrue(NativeCellMath.runsHere(), "this processor has no AVX-512");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private interface Case {
        void check(RnnWorkspace work, int sequences);
    }

    private void each(Cell cell, Case one) {
        for (int sequences : SEQUENCES) {
            RnnShape shape = new RnnShape(cell, 1, 7, UNITS);
            RnnSpec spec =
                    RnnSpec.training(shape, STEPS, sequences, Precision.FP32).withTable(VOCABULARY);
            try (RnnWorkspace work =
                    new RnnWorkspace(spec, (type, length) -> (CpuBuffer) backend.alloc(type, length))) {
                assertTrue(GateRows.suit(work));
                work.parameters = filled(work.parameterCount);
                work.gradients = filled(work.parameterCount);
                int[] tokens =
                        random.ints((long) STEPS * sequences, 0, VOCABULARY - 1).toArray();
                CpuBuffer ids = (CpuBuffer) backend.alloc(ElementType.INT32, tokens.length);
                backend.upload(tokens, ids);
                System.arraycopy(tokens, 0, work.tokens, 0, tokens.length);
                long table = (long) VOCABULARY * work.gateRows;
                work.input = new RnnInput.Table(filled(table), ids, filled(table));
                fill(work.gates[0]);
                one.check(work, sequences);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU", "LSTM_COUPLED"})
    void start(Cell cell) {
        each(cell, (work, sequences) -> {
            worker.take(0);
            new InputProjection(work).of(0).run(worker);
            float[] parameters = values(work.parameters);
            float[] table = values((CpuBuffer) ((RnnInput.Table) work.input).table());
            float[] expected = new float[Math.toIntExact(work.gates[0].length())];
            int rows = work.slots * UNITS;
            for (int step = 0; step < STEPS; step++) {
                for (int row = 0; row < rows; row++) {
                    for (int sequence = 0; sequence < sequences; sequence++) {
                        int token = work.tokens[step * sequences + sequence];
                        boolean own = row >= work.gateRows;
                        boolean split = cell.splitsLastGate() && row >= work.gateRows - UNITS;
                        long bias = work.tensors[0].recurrentBias() + (own ? row - UNITS : row);
                        float start = split && !own ? 0f : parameters[Math.toIntExact(bias)];
                        float fromTable = own ? 0f : table[token * work.gateRows + row];
                        expected[(step * rows + row) * sequences + sequence] = fromTable + start;
                    }
                }
            }
            assertArrayEquals(expected, values(work.gates[0]), cell + ", " + sequences);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU", "LSTM_COUPLED"})
    void sums(Cell cell) {
        each(cell, (work, sequences) -> {
            float[] expected = values(work.gradients);
            float[] gates = values(work.gates[0]);
            for (int row = 0; row < work.gateRows; row++) {
                boolean split = cell.splitsLastGate() && row >= work.gateRows - UNITS;
                int slotRow = split ? row + UNITS : row;
                double sum = 0;
                for (int step = 0; step < STEPS; step++) {
                    int from = (step * work.slots * UNITS + slotRow) * sequences;
                    sum += VectorMath.sum(gates, from, from + sequences);
                }
                int at = Math.toIntExact(work.tensors[0].recurrentBias()) + row;
                expected[at] = (float) (expected[at] + sum);
            }
            new BiasGradient(work).of(0).run(worker.take(0));
            assertArrayEquals(expected, values(work.gradients), cell + ", " + sequences);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU", "LSTM_COUPLED"})
    void gradientOfTheTable(Cell cell) {
        each(cell, (work, sequences) -> {
            CpuBuffer dTable = (CpuBuffer) ((RnnInput.Table) work.input).dTable();
            float[] expected = values(dTable);
            float[] gates = values(work.gates[0]);
            for (int row = 0; row < work.gateRows; row++) {
                float[] sums = new float[VOCABULARY];
                for (int step = 0; step < STEPS; step++) {
                    for (int sequence = 0; sequence < sequences; sequence++) {
                        int token = work.tokens[step * sequences + sequence];
                        sums[token] += gates[(step * work.slots * UNITS + row) * sequences + sequence];
                    }
                }
                for (int token = 0; token < VOCABULARY; token++) {
                    expected[token * work.gateRows + row] += sums[token];
                }
            }
            new TableGradient(work).run(worker.take(0));
            assertArrayEquals(expected, values(dTable), cell + ", " + sequences);
        });
    }

    private CpuBuffer filled(long length) {
        CpuBuffer buffer = (CpuBuffer) backend.alloc(ElementType.FLOAT32, length);
        fill(buffer);
        return buffer;
    }

    private void fill(CpuBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        backend.upload(values, buffer);
    }

    private static float[] values(CpuBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.read(0, values, 0, values.length);
        return values;
    }
}
