package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Native code leaves the bits that loops over tiles leave, whatever weights, gradients and moments hold. */
class NativeOptimizerPassTest {
    private static final int[] LENGTHS = {1, 2, 15, 16, 17, 1023, 1024, 1025, 5000};
    /** Every worker has stretches that are taken together and some that are left. */
    private static final int MANY_STRETCHES = 60_001;

    private static final float[] ODD = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0, 1e30f, -1e30f, 1e-40f, -1e-40f, 1e-23f
    };

    /** Memory begins anywhere, as that of a slice does. */
    private static final int BEFORE = 3;

    private static final int BEHIND = 16;
    private static final int WORKERS = 3;

    private final CpuBackend backend = new CpuBackend(1);

    @BeforeEach
    void onlyWhereItRuns() {
        assumeTrue(NativeOptimizerPass.runsHere(), "this processor has no AVX-512");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @ParameterizedTest
    @EnumSource
    void updates(OptimizerSpec.Kind kind) {
        for (OptimizerSpec spec : specs(kind)) {
            for (int length : LENGTHS) {
                for (int step : new int[] {1, 7}) {
                    for (boolean odd : new boolean[] {false, true}) {
                        float[][] expected = after(spec, length, step, odd, false);
                        float[][] found = after(spec, length, step, odd, true);
                        for (int buffer = 0; buffer < expected.length; buffer++) {
                            assertArrayEquals(
                                    bits(expected[buffer]),
                                    bits(found[buffer]),
                                    "%s, %d weights, step %d, buffer %d".formatted(spec, length, step, buffer));
                        }
                    }
                }
            }
        }
    }

    private static List<OptimizerSpec> specs(OptimizerSpec.Kind kind) {
        List<OptimizerSpec> specs = new ArrayList<>();
        for (float momentum : new float[] {0, 0.9f}) {
            for (float decay : new float[] {0, 0.1f}) {
                for (float clip : new float[] {0, 0.7f}) {
                    specs.add(OptimizerSpec.of(kind, momentum, decay, clip));
                }
            }
        }
        return specs;
    }

    /** What weights, gradients and moments, and the memory around them, hold after a step. */
    private float[][] after(OptimizerSpec spec, int length, int step, boolean odd, boolean natively) {
        Random random = new Random(length);
        CpuBuffer[] all = new CpuBuffer[4];
        Arrays.setAll(all, i -> filled(BEFORE + length + BEHIND, random, odd, i == 3));
        CpuBuffer[] part = Arrays.stream(all).map(x -> x.slice(BEFORE, length)).toArray(CpuBuffer[]::new);
        OptimizerPass pass = new OptimizerPass()
                .of(part[0], part[1], spec.usesFirstMoment() ? part[2] : null, spec.usesSecondMoment() ? part[3] : null)
                .at(spec, 0.03f, step, 3);
        for (int share = 0; share < WORKERS; share++) {
            Worker worker = new Worker(0, WORKERS).take(share);
            if (natively) {
                pass.run(worker);
            } else {
                pass.byTiles(worker, worker.from(length), worker.to(length));
            }
        }
        float[][] left = Arrays.stream(all).map(NativeOptimizerPassTest::values).toArray(float[][]::new);
        Arrays.stream(all).forEach(CpuBuffer::close);
        return left;
    }

    /** Two strands over the numbers of each stretch of 1024, and the stretches one after the other. */
    @Test
    void sumsOfSquares() {
        Random random = new Random(4);
        for (int length : IntStream.concat(IntStream.of(LENGTHS), IntStream.of(MANY_STRETCHES))
                .toArray()) {
            for (boolean odd : new boolean[] {false, true}) {
                try (CpuBuffer all = filled(BEFORE + length + BEHIND, random, odd, false)) {
                    CpuBuffer x = all.slice(BEFORE, length);
                    SumOfSquares sum = new SumOfSquares().of(x);
                    for (int share = 0; share < WORKERS; share++) {
                        sum.run(new Worker(0, WORKERS).take(share));
                    }
                    assertEquals(total(values(x)), sum.total(), length + " numbers");
                    sum.byTiles(new Worker(0, 1), 0, length);
                    assertEquals(total(values(x)), sum.total(), length + " numbers by tiles");
                }
            }
        }
    }

    private static double total(float[] x) {
        double total = 0;
        for (int from = 0; from < x.length; from += Worker.TILE) {
            int to = Math.min(from + Worker.TILE, x.length);
            double[] strands = new double[2];
            int pairs = (to - from) / 2 * 2;
            for (int i = 0; i < pairs; i++) {
                strands[i % 2] += (double) x[from + i] * x[from + i];
            }
            double sum = strands[0] + strands[1];
            total += pairs < to - from ? sum + (double) x[to - 1] * x[to - 1] : sum;
        }
        return total;
    }

    /** Numbers of many sizes, with some that are no usual ones, or none below 0, as sums of squares are. */
    private CpuBuffer filled(int length, Random random, boolean odd, boolean positive) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            float usual = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
            float value = odd && random.nextInt(10) == 0 ? ODD[random.nextInt(ODD.length)] : usual;
            values[i] = positive ? Math.abs(value) : value;
        }
        CpuBuffer buffer = (CpuBuffer) backend.alloc(ElementType.FLOAT32, length);
        backend.upload(values, buffer);
        return buffer;
    }

    private static float[] values(CpuBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.read(0, values, 0, values.length);
        return values;
    }

    /** Of what is no number only that. */
    private static int[] bits(float[] numbers) {
        int[] bits = new int[numbers.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(numbers[i]));
        return bits;
    }
}
