package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RoundedWeights;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products with rounded weights against float64's, in all units that this processor has, which give the same bits. */
class RowProductTest {
    private static final float OUTSIDE = -77;
    private static final int BLOCKS = 2;

    /** Roundings of a float32 sum of a few hundred terms, relative to the sum of their sizes. */
    private static final double TOLERANCE = 1e-6;

    private final CpuMemory memory = new CpuMemory();
    private final Random random = new Random(11);

    @BeforeEach
    void thereIsAUnit() {
        assumeTrue(RowUnit.fastest() != null, "this processor or this build has no unit for rounded weights");
    }

    @Test
    void aProcessorSaysWhatItHas() {
        String flags = CpuFlags.read();
        assumeTrue(!flags.isEmpty(), "this system does not list the processor's instructions");
        List<RowUnit> present = RowUnit.present();
        assertEquals(flags.contains(" avx2 "), present.contains(RowUnit.VECTORS));
        assertEquals(
                flags.contains(" avx512_vnni ") && flags.contains(" avx512bw "),
                present.contains(RowUnit.WIDE_VECTORS));
        assertEquals(flags.contains(" amx_int8 "), present.contains(RowUnit.TILES));
    }

    @ParameterizedTest
    @EnumSource
    void productsOfAllShapes(RoundedWeights form) {
        for (int height : new int[] {1, 7, 15, 16, 17, 48, 64, 65, 130}) {
            for (int columns : new int[] {1, 2, 3, 4, 5, 16, 31, 64, 65, 200, 513}) {
                check(form, height, columns, 1);
            }
        }
        check(form, 20, RowProduct.MOST_COLUMNS, 1);
        check(form, 33, RowProduct.MOST_COLUMNS - 3, 1);
    }

    /** Whole numbers beside the largest element: any size of it, and none at all. */
    @ParameterizedTest
    @EnumSource
    void factorsOfAllSizes(RoundedWeights form) {
        for (float size : new float[] {0, 0x1p-90f, 1e-20f, 0.75f, 1, 3e4f, 1e20f, 0x1p100f}) {
            check(form, 37, 45, size);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotANumberIsPassedOn(RoundedWeights form) {
        for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (RowUnit unit : RowUnit.present()) {
                float[] x = values(33, 1);
                x[32] = odd;
                float[] y = new float[20];
                product(unit, form, values(BLOCKS * 20 * 33, 1), 20, x, 1, 0, y);
                for (float each : y) {
                    assertTrue(!Float.isFinite(each), form + " " + unit + " " + odd + " became " + each);
                }
            }
        }
    }

    private float[] values(int count, float size) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * size;
        }
        return values;
    }

    private void check(RoundedWeights form, int height, int columns, float size) {
        float[] matrix = values(BLOCKS * height * columns, 0.3f);
        Arrays.fill(matrix, 0, columns, 0);
        for (int row = 0; row < BLOCKS * height; row++) {
            form.round(matrix, row * columns, (row + 1) * columns);
        }
        float[] x = values(columns, size);
        for (int from = 0; from < height; from += RowProduct.TILE * 3) {
            float[] before = values(height - from, size);
            float[] first = null;
            for (RowUnit unit : RowUnit.present()) {
                float[] y = before.clone();
                product(unit, form, matrix, height, x, 1, from, y);
                compare(matrix, height + from, columns, x, before, y);
                first = first == null ? y : first;
                assertArrayEquals(first, y, unit + " has other bits");
            }
        }
    }

    /** y += the rows from one of the block on; around y nothing is written, and behind x nothing read. */
    private void product(
            RowUnit unit, RoundedWeights form, float[] matrix, int height, float[] x, int block, int from, float[] y) {
        int columns = x.length;
        try (CpuBuffer weights = memory.alloc(ElementType.FLOAT32, matrix.length);
                CpuBuffer factor = memory.alloc(ElementType.FLOAT32, columns + 1L);
                CpuBuffer result = memory.alloc(ElementType.FLOAT32, y.length + 2)) {
            weights.write(matrix, 0, 0, matrix.length);
            factor.write(x, 0, 0, columns);
            factor.setFloat(columns, Float.NaN); // Behind x, where nobody is to look.
            result.fill(OUTSIDE);
            result.write(y, 0, 1, y.length);
            FloatRows rows = new FloatRows(weights, 0, height, columns);
            try (RoundedRows rounded = RoundedRows.of(form, unit, 1, rows, BLOCKS, memory)) {
                assertEquals(
                        RoundedRows.bytes(form, unit, 1, BLOCKS, height, columns),
                        memory.allocatedBytes() - 4L * (matrix.length + columns + 1 + y.length + 2));
                Worker worker = new Worker(0, 1);
                long read = rounded.read(worker, factor.address(0));
                rounded.add(worker, block, from, y.length, read, result.address(1), 1, y.length);
            }
            result.read(1, y, 0, y.length);
            assertEquals(OUTSIDE, result.getFloat(0));
            assertEquals(OUTSIDE, result.getFloat(y.length + 1L));
        }
        assertEquals(0, memory.allocatedBytes());
    }

    /** Each text is what it is alone, with rows or texts side by side in the result, and nothing else is written. */
    @ParameterizedTest
    @EnumSource
    void textsSideBySide(RoundedWeights form) {
        for (int height : new int[] {1, 17, 64, 290}) {
            for (int columns : new int[] {1, 5, 63, 64, 65, 256}) {
                for (int texts : new int[] {2, 4, 15, 16, 17, 33, 64}) {
                    for (RowUnit unit : RowUnit.present()) {
                        checkTexts(form, unit, height, columns, texts, true);
                        checkTexts(form, unit, height, columns, texts, false);
                    }
                }
            }
        }
        RowUnit.present().forEach(unit -> checkTexts(form, unit, 20, RowProduct.MOST_COLUMNS, 18, true));
    }

    /** @param byRows whether texts are neighbours in y, otherwise rows are */
    private void checkTexts(RoundedWeights form, RowUnit unit, int height, int columns, int texts, boolean byRows) {
        float[] matrix = values(BLOCKS * height * columns, 0.3f);
        for (int row = 0; row < BLOCKS * height; row++) {
            form.round(matrix, row * columns, (row + 1) * columns);
        }
        float[][] x = new float[texts][];
        float[][] before = new float[texts][];
        float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, 0};
        for (int text = 0; text < texts; text++) {
            x[text] = values(columns, text % 5 == 3 ? 1e-20f : text + 1);
            if (text % 7 == 1) {
                x[text][columns - 1] = odd[text / 7 % odd.length];
            }
            before[text] = values(height, 1);
        }
        int rowStride = byRows ? texts + 1 : 1;
        int textStride = byRows ? 1 : height + 1;
        float[] together = together(unit, form, matrix, height, x, before, rowStride, textStride);
        for (int text = 0; text < texts; text++) {
            product(unit, form, matrix, height, x[text], 1, 0, before[text]);
            for (int row = 0; row < height; row++) {
                int at = row * rowStride + text * textStride;
                String what = "%s, row %d of %d, %d columns, text %d of %d"
                        .formatted(unit, row, height, columns, text, texts);
                assertEquals(Float.floatToIntBits(before[text][row]), Float.floatToIntBits(together[at]), what);
                together[at] = OUTSIDE;
            }
        }
        for (float each : together) {
            assertEquals(OUTSIDE, each);
        }
    }

    /** What the second block's rows are added to, with a number between two rows or texts. */
    private float[] together(
            RowUnit unit,
            RoundedWeights form,
            float[] matrix,
            int height,
            float[][] x,
            float[][] before,
            int rowStride,
            int textStride) {
        int texts = x.length;
        int columns = x[0].length;
        float[] y = new float[height * rowStride + texts * textStride];
        try (CpuBuffer weights = memory.alloc(ElementType.FLOAT32, matrix.length);
                CpuBuffer factor = memory.alloc(ElementType.FLOAT32, (long) columns * texts);
                CpuBuffer result = memory.alloc(ElementType.FLOAT32, y.length)) {
            weights.write(matrix, 0, 0, matrix.length);
            result.fill(OUTSIDE);
            for (int text = 0; text < texts; text++) {
                for (int column = 0; column < columns; column++) {
                    factor.setFloat((long) column * texts + text, x[text][column]);
                }
                for (int row = 0; row < height; row++) {
                    result.setFloat((long) row * rowStride + (long) text * textStride, before[text][row]);
                }
            }
            FloatRows rows = new FloatRows(weights, 0, height, columns);
            try (RoundedRows rounded = RoundedRows.of(form, unit, texts, rows, BLOCKS, memory)) {
                Worker worker = new Worker(0, 1);
                long read = rounded.read(worker, factor.address(0));
                int half = height / 2 / RowProduct.TILE * RowProduct.TILE;
                long second = result.address((long) half * rowStride);
                rounded.add(worker, 1, half, height - half, read, second, rowStride, textStride);
                if (half > 0) {
                    rounded.add(worker, 1, 0, half, read, result.address(0), rowStride, textStride);
                }
            }
            result.read(0, y, 0, y.length);
        }
        return y;
    }

    private static void compare(float[] matrix, int first, int columns, float[] x, float[] before, float[] y) {
        double most = 0;
        for (float each : x) {
            most = Math.max(most, Math.abs(each));
        }
        for (int i = 0; i < y.length; i++) {
            double expected = before[i];
            double sizes = Math.abs(before[i]);
            for (int k = 0; k < columns; k++) {
                double weight = matrix[(first + i) * columns + k];
                expected += weight * x[k];
                sizes += Math.abs(weight) * most;
            }
            assertEquals(expected, y[i], TOLERANCE * sizes, "row " + i + " of " + y.length + " x " + columns);
        }
    }
}
