package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row of logits in native code leaves the bits that loops over tiles leave, whatever the logits are. */
class NativeSoftmaxTest {
    private static final float[] ODD = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0, 1e30f, -1e30f, -1e-40f, 90f, -88f
    };
    private static final int ROWS = 4 * ODD.length;

    private final Random random = new Random(9);
    private final CpuBackend backend = new CpuBackend(1);
    private final Worker worker = new Worker(0, 1);

    @BeforeEach
    void onlyWhereItRuns() {
        assumeTrue(NativeSoftmax.runsHere(), "this processor has no AVX-512");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 31, 33, 65, 96, 1003})
    void hasTheBitsOfTheLoops(int vocabulary) {
        float[] logits = logits(vocabulary);
        for (float smoothing : new float[] {0, 0.1f}) {
            Found loops = found(logits, vocabulary, smoothing, true, false, false);
            for (boolean inPlace : new boolean[] {false, true}) {
                Found natively = found(logits, vocabulary, smoothing, true, true, inPlace);
                compare(loops.gradient, natively.gradient, "gradient");
                compare(loops.losses, natively.losses, "losses");
                assertArrayEquals(loops.best, natively.best, "best");
            }
            compare(loops.losses, found(logits, vocabulary, smoothing, false, true, false).losses, "losses alone");
        }
    }

    /** Rows of numbers as they come, of far larger ones, of few that are the largest, and with one that is odd. */
    private float[] logits(int vocabulary) {
        float[] logits = new float[ROWS * vocabulary];
        for (int row = 0; row < ROWS; row++) {
            for (int v = 0; v < vocabulary; v++) {
                float value = (float) random.nextGaussian();
                logits[row * vocabulary + v] = switch (row % 4) {
                    case 0 -> value;
                    case 1 -> 60 * value;
                    case 2 -> Math.round(value);
                    default -> 3 * value;
                };
            }
            if (row % 4 == 3) {
                logits[row * vocabulary + random.nextInt(vocabulary)] = ODD[row / 4];
            }
        }
        return logits;
    }

    private record Found(float[] losses, float[] gradient, int[] best) {}

    private Found found(
            float[] values, int vocabulary, float smoothing, boolean training, boolean natively, boolean inPlace) {
        DeviceBuffer logits = backend.alloc(ElementType.FLOAT32, values.length);
        backend.upload(values, logits);
        int[] ids = new Random(1).ints(ROWS, 0, vocabulary).toArray();
        ids[ROWS / 2] = -1;
        DeviceBuffer targets = backend.alloc(ElementType.INT32, ROWS);
        backend.upload(ids, targets);
        CpuBuffer losses = (CpuBuffer) backend.alloc(ElementType.FLOAT32, ROWS);
        CpuBuffer best = training ? (CpuBuffer) backend.alloc(ElementType.INT32, ROWS) : null;
        CpuBuffer gradient =
                !training ? null : (CpuBuffer) (inPlace ? logits : backend.alloc(ElementType.FLOAT32, values.length));
        SoftmaxCrossEntropy task = new SoftmaxCrossEntropy()
                .of(logits, targets, vocabulary)
                .into(losses, 0.03f, smoothing, gradient, best);
        if (natively) {
            task.run(worker);
        } else {
            for (int n = 0; n < ROWS; n++) {
                if (ids[n] >= 0) {
                    task.row(worker, n, ids[n]);
                }
            }
        }
        float[] lossValues = read(losses);
        float[] gradientValues = training ? read(gradient) : new float[0];
        if (training && inPlace) {
            // A row without a target keeps its logits.
            System.arraycopy(new float[vocabulary], 0, gradientValues, ROWS / 2 * vocabulary, vocabulary);
        }
        int[] places = new int[training ? ROWS : 0];
        if (training) {
            best.read(0, places, 0, ROWS);
        }
        return new Found(lossValues, gradientValues, places);
    }

    private static float[] read(CpuBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        buffer.read(0, values, 0, values.length);
        return values;
    }

    private static void compare(float[] expected, float[] found, String what) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(found[i]), what + " " + i);
        }
    }
}
