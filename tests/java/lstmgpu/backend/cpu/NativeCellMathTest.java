package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native cells leave in every buffer of a plan the bits that loops over tiles leave, whatever the buffers hold. */
class NativeCellMathTest {
    private static final int STEPS = 2;
    /** More pairs of unit and sequence than a tile has, and no whole number of vectors. */
    private static final int UNITS = 111;

    private static final int SEQUENCES = 13;
    private static final float[] ODD = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0, 1e30f, -1e30f, -1e-40f, 9f, -88f
    };

    private final CpuBackend backend = new CpuBackend(1);

    @BeforeEach
    void onlyWhereItRuns() {
        assumeTrue(NativeCellMath.runsHere(), "this processor has no AVX-512");
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU"})
    void forwardInTraining(Cell cell) {
        compare(cell, true, step(false));
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU"})
    void forwardOfTextsThatAreWritten(Cell cell) {
        compare(cell, false, step(false));
    }

    @ParameterizedTest
    @EnumSource(names = {"LSTM", "GRU"})
    void backward(Cell cell) {
        compare(cell, true, step(true));
    }

    private interface Pairs {
        void of(RnnWorkspace work, int step, long from, long to, boolean natively);
    }

    private static Pairs step(boolean back) {
        return (work, step, from, to, natively) -> {
            CellStep task = back ? new BackwardStep(work, null) : new ForwardStep(work, null);
            task.inOneTask(0, step);
            if (natively) {
                assertTrue(
                        back
                                ? task.tiles.backwardAtOnce(0, step, from, to - from)
                                : task.tiles.forwardAtOnce(0, step, from, to - from));
                return;
            }
            Worker worker = new Worker(0, 1);
            for (long at = from; at < to; at += Worker.TILE) {
                task.cell(worker, at, (int) Math.min(Worker.TILE, to - at));
            }
        };
    }

    private void compare(Cell cell, boolean training, Pairs pairs) {
        RnnShape shape = new RnnShape(cell, 1, 7, UNITS);
        RnnSpec spec = training
                ? RnnSpec.training(shape, STEPS, SEQUENCES, Precision.FP32)
                : RnnSpec.forward(shape, STEPS, SEQUENCES, Precision.FP32);
        // The last step, into which no gradient is carried, the first, and only some of the pairs.
        for (int step = STEPS - 1; step >= 0; step--) {
            for (long[] range : new long[][] {{0, (long) UNITS * SEQUENCES}, {SEQUENCES, 3L * SEQUENCES}}) {
                float[][] expected = after(spec, pairs, step, range, false);
                float[][] found = after(spec, pairs, step, range, true);
                for (int buffer = 0; buffer < expected.length; buffer++) {
                    assertArrayEquals(
                            bits(expected[buffer]),
                            bits(found[buffer]),
                            "buffer %d, step %d, from %d".formatted(buffer, step, range[0]));
                }
            }
        }
    }

    /** What gates, h, c, their gradients and what is carried hold after a step that began from random numbers. */
    private float[][] after(RnnSpec spec, Pairs pairs, int step, long[] range, boolean natively) {
        try (RnnWorkspace work = new RnnWorkspace(spec, (type, length) -> (CpuBuffer) backend.alloc(type, length))) {
            CpuBuffer[] buffers = {work.gates[0], work.hidden[0], work.cell[0], work.dHidden, work.carry};
            Random random = new Random(step);
            for (CpuBuffer buffer : buffers) {
                if (buffer != null) {
                    fill(buffer, random);
                }
            }
            pairs.of(work, step, range[0], range[1], natively);
            return Arrays.stream(buffers)
                    .filter(buffer -> buffer != null)
                    .map(NativeCellMathTest::values)
                    .toArray(float[][]::new);
        }
    }

    private static float[] values(CpuBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.read(0, values, 0, values.length);
        return values;
    }

    private void fill(CpuBuffer buffer, Random random) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(40) == 0 ? ODD[random.nextInt(ODD.length)] : 3 * (float) random.nextGaussian();
        }
        backend.upload(values, buffer);
    }

    /** Of what is no number only that. */
    private static int[] bits(float[] numbers) {
        int[] bits = new int[numbers.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(numbers[i]));
        return bits;
    }
}
