package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cpu.Bfloat16Factor.Side;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every remainder of a tile, in the units that this processor has; factors are exactly what rounding to nearest even
 * makes of them, and what lies beside C stays as it was.
 */
class Bfloat16ProductTest {
    private static final int GAP = 3;
    private static final float OUTSIDE = -77;
    private static final float HALF_OF_A_STEP = 0x1p-8f;

    private final CpuMemory memory = new CpuMemory();
    private final Random random = new Random(7);

    static Stream<Bfloat16Unit> units() {
        return Bfloat16Unit.present().stream();
    }

    @Test
    void aProcessorSaysWhatItHas() {
        List<Bfloat16Unit> present = Bfloat16Unit.present();
        String flags = CpuFlags.read();
        assumeTrue(!flags.isEmpty(), "this system does not list the processor's instructions");
        boolean vectors = flags.contains(" avx512_bf16 ");
        assertEquals(vectors, present.contains(Bfloat16Unit.VECTORS));
        // Factors are rounded by vectors, which a virtual machine may hide though it shows the tiles.
        assertEquals(vectors && flags.contains(" amx_bf16 "), present.contains(Bfloat16Unit.TILES));
        assertEquals(present.isEmpty(), Bfloat16Unit.fastest() == null);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void productsOfAllShapes(Bfloat16Unit unit) {
        for (int m : new int[] {1, 4, 15, 16, 17, 32, 33, 70}) {
            for (int n : new int[] {1, 15, 16, 18, 32, 33, 50, 64, 65, 129}) {
                for (int k : new int[] {1, 2, 31, 32, 50, 64, 97}) {
                    check(unit, m, n, k, 1 + random.nextInt(3), random.nextBoolean());
                }
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void longSumsAndWideResults(Bfloat16Unit unit) {
        check(unit, 33, 300, 64, 40, true);
        check(unit, 17, 33, 2100, 2, false);
        check(unit, 5, 531, 1056, 1, true);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void theSameBitsEveryTimeAndNotANumberIsPassedOn(Bfloat16Unit unit) {
        float[] first = product(unit, new float[] {1, Float.NaN, 3}, new float[] {1, 1, 1});
        assertTrue(Float.isNaN(first[0]));
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        assertEquals(product(unit, values, values)[0], product(unit, values, values)[0]);
        assertEquals(Float.POSITIVE_INFINITY, product(unit, new float[] {Float.MAX_VALUE}, new float[] {1})[0]);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void halfwayGoesToTheEvenNeighbour(Bfloat16Unit unit) {
        float[] one = {1};
        assertEquals(1f, product(unit, new float[] {1 + HALF_OF_A_STEP}, one)[0]);
        assertEquals(1 + 4 * HALF_OF_A_STEP, product(unit, new float[] {1 + 3 * HALF_OF_A_STEP}, one)[0]);
        assertNotEquals(1f, product(unit, new float[] {Math.nextUp(1 + HALF_OF_A_STEP)}, one)[0]);
    }

    /** As both units take them, and as the rounding does. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void aDenormalNumberIsZero(Bfloat16Unit unit) {
        assertEquals(0f, product(unit, new float[] {0x1p-127f}, new float[] {0x1p100f})[0]);
        assertEquals(0x1p-26f, product(unit, new float[] {0x1p-126f}, new float[] {0x1p100f})[0]);
    }

    /** A [1,k]·B [k,1]. */
    private float[] product(Bfloat16Unit unit, float[] a, float[] b) {
        int k = a.length;
        try (CpuBuffer left = buffer(a);
                CpuBuffer right = buffer(b);
                CpuBuffer memoryOfA = memory.alloc(ElementType.INT32, Bfloat16Factor.length(1, 1, k));
                CpuBuffer memoryOfB = memory.alloc(ElementType.INT32, Bfloat16Factor.length(1, 1, k));
                CpuBuffer c = memory.alloc(ElementType.FLOAT32, 1)) {
            Bfloat16Factor first = new Bfloat16Factor(Side.LEFT, memoryOfA).shape(1, k);
            Bfloat16Factor second = new Bfloat16Factor(Side.RIGHT, memoryOfB).shape(1, k);
            first.roundRows(0, 0, 1, k, left.address(0), k);
            second.roundColumns(0, 0, 0, k, 1, right.address(0), 1);
            Bfloat16Product.multiply(
                    unit,
                    1,
                    1,
                    1,
                    first,
                    first.address(0, 0, 0),
                    second,
                    second.address(0, 0, 0),
                    false,
                    c.address(0),
                    1);
            return new float[] {c.getFloat(0)};
        }
    }

    private void check(Bfloat16Unit unit, int m, int n, int k, int blocks, boolean add) {
        int stride = n + GAP;
        float[] a = values(blocks * m * k);
        float[] b = values(blocks * k * n);
        float[] start = values(m * stride);
        try (CpuBuffer memoryOfA = memory.alloc(ElementType.INT32, Bfloat16Factor.length(blocks, m, k));
                CpuBuffer memoryOfB = memory.alloc(ElementType.INT32, Bfloat16Factor.length(blocks, n, k));
                CpuBuffer c = buffer(start)) {
            Bfloat16Factor left = factor(Side.LEFT, memoryOfA, a, m, k, blocks);
            Bfloat16Factor right = factor(Side.RIGHT, memoryOfB, b, k, n, blocks);
            for (int i = 0; i < m * stride; i++) {
                c.setFloat(i, i % stride < n ? start[i] : OUTSIDE);
            }
            Bfloat16Product.multiply(
                    unit,
                    m,
                    n,
                    blocks,
                    left,
                    left.address(0, 0, 0),
                    right,
                    right.address(0, 0, 0),
                    add,
                    c.address(0),
                    stride);
            for (int i = 0; i < m * stride; i++) {
                int row = i / stride;
                int column = i % stride;
                double expected = column >= n ? OUTSIDE : add ? start[i] : 0;
                for (int p = 0; p < blocks * k && column < n; p++) {
                    expected += rounded(a[(p / k * m + row) * k + p % k]) * rounded(b[p * n + column]);
                }
                double allowed = column < n ? 3e-7 * (blocks * k + 1) : 0;
                int element = i;
                assertEquals(
                        expected,
                        c.getFloat(i),
                        allowed,
                        () -> "%s [%d,%d], %d blocks of %d, element %d".formatted(unit, m, n, blocks, k, element));
            }
        }
    }

    /** In one of the ways to make it, whose results must not differ. */
    private Bfloat16Factor factor(Side side, CpuBuffer into, float[] values, int rows, int columns, int blocks) {
        boolean isLeft = side == Side.LEFT;
        int k = isLeft ? columns : rows;
        int outer = isLeft ? rows : columns;
        Bfloat16Factor factor = new Bfloat16Factor(side, into).shape(outer, k);
        boolean turned = random.nextBoolean();
        for (int block = 0; block < blocks; block++) {
            float[] part = Arrays.copyOfRange(values, block * rows * columns, (block + 1) * rows * columns);
            try (CpuBuffer plain = buffer(part);
                    CpuBuffer other = buffer(transposed(part, rows, columns))) {
                long source = (turned ? other : plain).address(0);
                int stride = turned ? rows : columns;
                if (isLeft != turned) {
                    factor.roundRows(block, 0, outer, k, source, stride);
                } else if (isLeft || random.nextBoolean()) {
                    factor.roundColumns(block, 0, 0, k, outer, source, stride);
                } else {
                    int half = k / 4 * 2;
                    factor.roundSome(block, 0, half, outer, source, stride);
                    long rest = source + (long) half * stride * CpuBuffer.ELEMENT_BYTES;
                    factor.roundSome(block, half, k - half, outer, rest, stride);
                }
            }
        }
        return factor;
    }

    private static float[] transposed(float[] x, int rows, int columns) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i % columns * rows + i / columns] = x[i];
        }
        return y;
    }

    /** To nearest even, by comparing both neighbours. */
    private static double rounded(float value) {
        float below = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
        float above = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff0000) + 0x10000);
        double toBelow = Math.abs((double) value - below);
        double toAbove = Math.abs((double) above - value);
        boolean even = (Float.floatToRawIntBits(below) & 0x10000) == 0;
        return toBelow < toAbove || toBelow == toAbove && even ? below : above;
    }

    /** Numbers in [-1, 1). */
    private float[] values(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    private CpuBuffer buffer(float[] values) {
        CpuBuffer buffer = memory.alloc(ElementType.FLOAT32, values.length);
        buffer.write(values, 0, 0, values.length);
        return buffer;
    }
}
