package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A step of texts side by side, whose every bit is that of each text's own step, with whole vectors and with parts. */
class LaneStepTest {
    private static final int VOCABULARY = 11;
    private static final int UNITS = 37;
    private static final int STEPS = 3;
    private static final int[] TEXTS = {15, 16, 21, 33, 64};

    private final Random random = new Random(5);

    @BeforeEach
    void onlyWithOurProducts() {
        assumeTrue(LaneProduct.isThere(), "this processor has no AVX-512");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LSTM_LAYER_NORM") // It reads features only.
    void cellsOfTextsFromATable(Cell cell) {
        for (int texts : TEXTS) {
            check(new RnnShape(cell, 2, 9, UNITS), texts, true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cellsOfTextsFromFeatures(Cell cell) {
        for (int texts : TEXTS) {
            check(new RnnShape(cell, 2, 9, UNITS), texts, false);
        }
    }

    private void check(RnnShape shape, int texts, boolean table) {
        try (Backend backend = new CpuBackend(2)) {
            float[] parameters =
                    values(Math.toIntExact(backend.recurrence().rnnLayout(shape).length()));
            float[] rows = values(VOCABULARY * shape.gateRows());
            int[] tokens = random.ints((long) STEPS * texts, 0, VOCABULARY).toArray();
            float[] features = values(STEPS * texts * shape.inputSize());
            RnnState state = state(shape, texts);
            RnnState after = written(backend, shape, parameters, state, table ? rows : null, tokens, features);
            for (int text = 0; text < texts; text++) {
                int[] ids = new int[STEPS];
                float[] own = new float[STEPS * shape.inputSize()];
                for (int step = 0; step < STEPS; step++) {
                    ids[step] = tokens[step * texts + text];
                    int from = (step * texts + text) * shape.inputSize();
                    System.arraycopy(features, from, own, step * shape.inputSize(), shape.inputSize());
                }
                RnnState expected =
                        written(backend, shape, parameters, of(state, text, texts), table ? rows : null, ids, own);
                RnnState found = of(after, text, texts);
                String what = "%s, text %d of %d".formatted(shape.cell(), text, texts);
                assertArrayEquals(bits(expected.hidden()), bits(found.hidden()), "h, " + what);
                assertArrayEquals(bits(expected.cell()), bits(found.cell()), "c, " + what);
            }
        }
    }

    /** What texts are after some tokens, of which a step reads one of each. */
    private static RnnState written(
            Backend backend, RnnShape shape, float[] parameters, RnnState from, float[] rows, int[] tokens, float[] x) {
        int texts = tokens.length / STEPS;
        int inputs = texts * shape.inputSize();
        RnnSpec spec = RnnSpec.forward(shape, 1, texts, Precision.FP32).withTable(rows == null ? 0 : VOCABULARY);
        try (RnnPlan plan = backend.recurrence().newRnnPlan(spec, null);
                DeviceBuffer weights = backend.alloc(ElementType.FLOAT32, parameters.length);
                DeviceBuffer features = backend.alloc(ElementType.FLOAT32, inputs);
                DeviceBuffer ids = backend.alloc(ElementType.INT32, texts);
                DeviceBuffer table = backend.alloc(ElementType.FLOAT32, (long) VOCABULARY * shape.gateRows())) {
            backend.upload(parameters, weights);
            if (rows != null) {
                backend.upload(rows, table);
            }
            RnnInput input =
                    rows == null ? new RnnInput.Features(features, null) : new RnnInput.Table(table, ids, null);
            plan.writeState(from);
            for (int i = 0; i < STEPS; i++) {
                backend.upload(Arrays.copyOfRange(tokens, i * texts, (i + 1) * texts), ids);
                backend.upload(Arrays.copyOfRange(x, i * inputs, (i + 1) * inputs), features);
                plan.forward(weights, input);
                plan.carryState();
            }
            return plan.readState();
        }
    }

    /** Ordinary numbers, and in the first texts such as are none, are without bounds, or are zeros of both signs. */
    private RnnState state(RnnShape shape, int texts) {
        int length = shape.layers() * texts * shape.hiddenSize();
        float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0, 1e30f, -1e-40f};
        float[] hidden = values(length);
        float[] cell = shape.cell().hasCellState() ? values(length) : new float[0];
        for (int i = 0; i < odd.length; i++) {
            hidden[i * shape.hiddenSize() + 3] = odd[i];
            if (cell.length > 0) {
                cell[i * shape.hiddenSize() + 5] = odd[i];
            }
        }
        return new RnnState(hidden, cell);
    }

    private static RnnState of(RnnState all, int text, int texts) {
        return new RnnState(of(all.hidden(), text, texts), of(all.cell(), text, texts));
    }

    private static float[] of(float[] all, int text, int texts) {
        float[] own = new float[all.length / texts];
        for (int i = 0; i < own.length; i++) {
            own[i] = all[(i / UNITS * texts + text) * UNITS + i % UNITS];
        }
        return own;
    }

    /** Of what is no number only that. */
    private static int[] bits(float[] numbers) {
        int[] bits = new int[numbers.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(numbers[i]));
        return bits;
    }

    /** A row of the logits is the same whatever is beside it, and what lies between rows stays as it was. */
    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 33, 65})
    void rowsOfManyTexts(int outputs) {
        for (int inputs : new int[] {7, 16, 37, 256}) {
            for (boolean add : new boolean[] {false, true}) {
                for (int texts : new int[] {12, 19, 64}) {
                    checkRows(texts, outputs, inputs, add);
                }
            }
        }
    }

    private void checkRows(int texts, int outputs, int inputs, boolean add) {
        int stride = outputs + 3;
        Blas blas = new Blas();
        CpuMemory memory = new CpuMemory();
        try (CpuBuffer x = memory.alloc(ElementType.FLOAT32, (long) texts * inputs);
                CpuBuffer w = memory.alloc(ElementType.FLOAT32, (long) outputs * inputs);
                CpuBuffer together = memory.alloc(ElementType.FLOAT32, (long) texts * stride);
                CpuBuffer alone = memory.alloc(ElementType.FLOAT32, (long) texts * stride)) {
            x.write(values(texts * inputs), 0, 0, texts * inputs);
            w.write(values(outputs * inputs), 0, 0, outputs * inputs);
            float[] before = values(texts * stride);
            together.write(before, 0, 0, before.length);
            alone.write(before, 0, 0, before.length);
            blas.multiplyRows(texts, outputs, inputs, x.address(0), w.address(0), add, together.address(0), stride);
            for (int text = 0; text < texts; text++) {
                long row = x.address((long) text * inputs);
                blas.multiplyRows(
                        1, outputs, inputs, row, w.address(0), add, alone.address((long) text * stride), stride);
            }
            for (int i = 0; i < before.length; i++) {
                String what = "element %d of %d texts, %d outputs, %d inputs".formatted(i, texts, outputs, inputs);
                assertEquals(
                        Float.floatToRawIntBits(alone.getFloat(i)),
                        Float.floatToRawIntBits(together.getFloat(i)),
                        what);
            }
        }
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
